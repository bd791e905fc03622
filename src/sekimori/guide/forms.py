"""The guide's forms, in the language of the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from sekimori.settings import current
from sekimori.smtp import guard
from sekimori.values.addresses import parse_address, parse_prefix
from sekimori.values.clock import JST

TEXT_MOST = 200_000
SOURCE_MOST = 2_000_000
KINDS = (("spam", "迷惑メール", "Spam"), ("phishing", "フィッシング", "Phishing"), ("attack", "不正アクセス・攻撃・スキャン", "Break-in, attack, scan"),
         ("board", "掲示板・ブログの運営妨害", "Disruption of a board or blog"), ("site", "有害なサイト", "Harmful site"), ("other", "その他", "Something else"))
ZONES = (("+09:00", "日本時間(JST)", "Japan time (JST)"), ("Z", "協定世界時(UTC)", "UTC"), ("", "わからない", "I don't know"))


class Bilingual(forms.Form):
    """A form whose labels are (ja, en) pairs: `texts = {field: ((label ja, en), (help ja, en))}`."""

    texts: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {}

    def __init__(self, *args: Any, language: str = "ja", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        pick = 0 if language == "ja" else 1
        for name, (label, hint) in self.texts.items():
            field = self.fields[name]
            field.label, field.help_text = label[pick], hint[pick]
            if hint[pick]:
                field.widget.attrs["aria-describedby"] = f"id_{name}-hint"
            field.error_messages |= {"required": ("入力してください。", "Please fill this in.")[pick],
                                     "invalid": ("形式が正しくありません。", "This does not look right.")[pick],
                                     "max_length": ("長すぎます。", "This is too long.")[pick]}

    def say(self, ja: str, en: str) -> str:
        """Return the text of the form's language."""
        return ja if self.language == "ja" else en


class ReportForm(Bilingual):
    """The report form. Nothing personal is required; one of text, source and file is."""

    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=())
    source = forms.CharField(required=False, max_length=SOURCE_MOST, strip=False, widget=forms.Textarea(attrs={"rows": 12, "class": "mono", "spellcheck": "false"}))
    file = forms.FileField(required=False)
    address = forms.CharField(required=False, max_length=60, widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}))
    port = forms.IntegerField(required=False, min_value=0, max_value=65535)
    seen_at = forms.CharField(required=False, max_length=25, widget=forms.TextInput(attrs={"type": "datetime-local", "step": "1"}))
    zone = forms.ChoiceField(required=False, choices=())
    url = forms.CharField(required=False, max_length=2000)
    text = forms.CharField(required=False, max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 6}))
    name = forms.CharField(required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact = forms.CharField(required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    show_holder = forms.BooleanField(required=False)
    pass_operator = forms.BooleanField(required=False)
    pass_bodies = forms.BooleanField(required=False)
    website = forms.CharField(required=False, max_length=500)

    texts = {
        "kind": (("どのようなことですか", "What is it about?"), ("", "")),
        "source": (("メールのソース、または記録(ログ)", "Source of the mail, or log lines"), (
            "迷惑メールは、ヘッダを含む全体を貼り付けてください。攻撃は、時刻のある記録を3行以上、そのまま貼り付けてください。",
            "Spam: paste the whole source with its headers. Attacks: paste at least three log lines with their times, unchanged.")),
        "file": (("ファイル(.eml など)", "File (.eml or the like)"), ("元のメールを添付するのが確実です。", "Attaching the original mail is the surest way.")),
        "address": (("送信元のIPアドレス", "Source IP address"), ("わかる場合。例:192.0.2.10", "If you know it, such as 192.0.2.10")),
        "port": (("送信元のポート番号", "Source port"), ("攻撃の場合に必要です。迷惑メールでは不要です。", "Needed for attacks, not for spam.")),
        "seen_at": (("発生した日時", "When it happened"), ("できれば秒まで。", "To the second if you can.")),
        "zone": (("時間帯", "Time zone"), ("", "")),
        "url": (("対象のURL", "URL concerned"), ("", "")),
        "text": (("説明", "Description"), ("パスワードなど、調べるのに要らないものは書かないでください。", "Leave out passwords and whatever is not needed.")),
        "name": (("お名前", "Your name"), ("匿名でもかまいません。", "You may stay anonymous.")),
        "contact": (("返信先のメールアドレス", "Mail address for questions"), (
            "担当者からお尋ねするときに使います。自動の返信はお送りしません。", "Used if an officer has a question. No automatic reply is sent.")),
        "show_holder": (("内容を契約者に見せてもかまいません", "It may be shown to the contract's holder"), ("", "")),
        "pass_operator": (("ほかの事業者のものなら、その事業者に渡してもかまいません", "If it belongs to another operator, it may be passed on to them"), ("", "")),
        "pass_bodies": (("迷惑メール相談センターやフィッシング対策協議会に渡してもかまいません", "It may be passed to the anti-spam centre and the anti-phishing council"), ("", "")),
        "website": (("この欄には何も入力しないでください", "Leave this field empty"), ("", "")),
    }

    def __init__(self, *args: Any, language: str = "ja", **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        pick = 1 if language == "ja" else 2
        self.fields["kind"].choices = [(k[0], k[pick]) for k in KINDS]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["zone"].choices = [(z[0], z[pick]) for z in ZONES]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_address(self) -> str:
        """Check that it is an address at all, never whose."""
        value = str(self.cleaned_data["address"]).strip()
        if value and parse_address(value) is None:
            raise forms.ValidationError(self.say("IPアドレスの形ではありません。", "This is no IP address."))
        return value

    def clean_contact(self) -> str:
        """Check the form of the return address."""
        value = str(self.cleaned_data["contact"]).strip()
        if value and not guard.is_address(value):
            raise forms.ValidationError(self.say("メールアドレスの形ではありません。", "This is no mail address."))
        return value

    def clean_file(self) -> UploadedFile | None:
        """Check the size, against the limit that mail has too."""
        value: UploadedFile | None = self.cleaned_data["file"]
        if value is not None and (value.size or 0) > current().mail.max_bytes // 2:
            raise forms.ValidationError(self.say("ファイルが大きすぎます。メールでお送りください。", "The file is too large; please send it by mail."))
        return value

    def clean(self) -> dict[str, Any]:
        """Something must be there to look into."""
        data = super().clean() or {}
        if not self.errors and not any((data.get("text"), str(data.get("source", "")).strip(), data.get("file"), data.get("url"))):
            raise forms.ValidationError(self.say("ソース・記録、ファイル、URL、説明のどれか1つは必要です。", "One of source, file, URL and description is needed."))
        return data


class PasteForm(Bilingual):
    """One text and one file: for pages that explain and keep nothing."""

    source = forms.CharField(required=False, max_length=SOURCE_MOST, strip=False, widget=forms.Textarea(attrs={"rows": 14, "class": "mono", "spellcheck": "false", "autocomplete": "off"}))
    file = forms.FileField(required=False)
    texts = {
        "source": (("貼り付ける", "Paste here"), ("", "")),
        "file": (("または、ファイルを選ぶ(.eml)", "Or choose a file (.eml)"), ("", "")),
    }

    def octets(self) -> bytes:
        """Return what was given: the file if there is one, else the text; b"" for nothing. Call on a valid form."""
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file is not None:
            return bytes(file.read(current().mail.max_bytes))
        return str(self.cleaned_data.get("source") or "").replace("\r\n", "\n").encode("utf-8", "replace")


class PreserveForm(Bilingual):
    """A victim asks that records of a window be kept."""

    address = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    begins = forms.CharField(max_length=25, widget=forms.TextInput(attrs={"type": "datetime-local", "step": "1"}))
    ends = forms.CharField(max_length=25, widget=forms.TextInput(attrs={"type": "datetime-local", "step": "1"}))
    zone = forms.ChoiceField(choices=())
    what = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    contact = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "email"}))
    website = forms.CharField(required=False, max_length=500)
    texts = {
        "address": (("攻撃の送信元のIPアドレス(または範囲)", "Source IP address of the attack (or prefix)"), ("例:192.0.2.10", "such as 192.0.2.10")),
        "begins": (("いつから", "From"), ("前後に10分ほどの余裕を取ってください。", "Leave some ten minutes on both sides.")),
        "ends": (("いつまで", "To"), ("", "")),
        "zone": (("時間帯", "Time zone"), ("", "")),
        "what": (("起きたことと、予定している手続き", "What happened, and what you intend to do"), (
            "例:警察に相談済み、弁護士に依頼予定。ポート番号がわかれば、お書きください。", "Such as: police told, lawyer to be asked. Add port numbers if you know them.")),
        "contact": (("連絡先(メールアドレスまたは電話番号)", "How to reach you (mail or telephone)"), ("", "")),
        "website": (("この欄には何も入力しないでください", "Leave this field empty"), ("", "")),
    }

    def __init__(self, *args: Any, language: str = "ja", **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        pick = 1 if language == "ja" else 2
        self.fields["zone"].choices = [(z[0], z[pick]) for z in ZONES if z[0]]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_address(self) -> str:
        """Check that it is an address or a prefix narrow enough to keep rows for, never whose."""
        value = str(self.cleaned_data["address"]).strip()
        try:
            network = parse_prefix(value)
        except ValueError:
            raise forms.ValidationError(self.say("IPアドレスの形ではありません。", "This is no IP address.")) from None
        if network.prefixlen < (24 if network.version == 4 else 48):
            raise forms.ValidationError(self.say("範囲が広すぎます(/24、/48まで)。", "The prefix is too wide (at most /24, /48)."))
        return str(network)

    def clean(self) -> dict[str, Any]:
        """Build the window: aware instants, at most 31 days."""
        data = super().clean() or {}
        if self.errors:
            return data
        offset = JST if data["zone"] == "+09:00" else UTC
        try:
            begins, ends = (datetime.fromisoformat(str(data[k])).replace(tzinfo=offset) for k in ("begins", "ends"))
        except ValueError:
            raise forms.ValidationError(self.say("日時の形が正しくありません。", "The times do not look right.")) from None
        if not timedelta(0) < ends - begins <= timedelta(days=31):
            raise forms.ValidationError(self.say("期間は、31日以内で指定してください。", "The window must be at most 31 days."))
        data["window"] = {"from": begins.isoformat(), "to": ends.isoformat(), "prefix": data["address"]}
        return data
