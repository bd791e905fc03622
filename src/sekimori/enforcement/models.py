"""Measures, the decisions about them, what members were told and what they say."""

from django.db import models

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract
from sekimori.enforcement.models_ladder import LadderVersion, SimulatedCase
from sekimori.enforcement.models_mass import MassAct, MassItem
from sekimori.work.columns import Work, work_index

__all__ = ["Approval", "Delivery", "Hold", "Incident", "LadderVersion", "Letter", "MassAct", "MassItem", "Measure", "Pulse", "Refusal", "Saying",
           "SimulatedCase", "Switch"]


class Measure(Work):
    """What the provider does in a case. As a work row it is due for the stage `enforcement.act`."""

    ref = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="measures")
    step = models.CharField(max_length=16)
    """`warn restrict_mail port_filter suspend_line terminate brake`."""
    path = models.CharField(max_length=10, default="ladder")
    """`ladder`, `stolen` (victim lane: no fault, no rung of the ladder) or `brake`."""
    state = models.CharField(max_length=12, default="proposed")
    """`proposed approved notified executed verified reverted expired refused void rehearsed`."""
    grade = models.CharField(max_length=1)
    basis = models.CharField(max_length=40)
    scope = models.CharField(max_length=40)
    """`mail`, `outbound port`, `line`, `contract`, `one login`, or `notice`."""
    target = models.CharField(max_length=254, blank=True)
    """The login that a brake or the victim lane concerns, or ""."""
    key = models.CharField(max_length=80, unique=True)
    """Idempotency key: the same step for the same evidence can exist once."""
    subject_hash = models.CharField(max_length=64)
    """Hash of subject, evidence, measure and text that approvals are bound to."""
    evidence = models.CharField(max_length=64, blank=True)
    """Hash of the case's findings when it was proposed: any other set voids an approval not yet carried out."""
    policy_version = models.CharField(max_length=40, blank=True)
    ladder_version = models.CharField(max_length=40, blank=True)
    reason_ja = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    period_days = models.SmallIntegerField(default=0)
    """Length stated in the reasons; 0 where a step has no period."""
    approvals_needed = models.SmallIntegerField(default=0)
    proposed_by = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    """When its own notice was sent."""
    expires_at = models.DateTimeField(null=True)
    """An approval not carried out by then is worth nothing (3 business days)."""
    executed_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    """When it was refused, reversed or recalled: the same step then needs events after this."""
    end_reason = models.CharField(max_length=16, blank=True)
    """`period unlock appeal incident officer refused finding expired`."""
    rehearsal = models.BooleanField(default=True)
    carried_out = models.JSONField(default=dict)
    """What the actuators answered, the logins concerned, and those `let_go` since because another contract holds them (passed_on.py)."""
    by_hand = models.CharField(max_length=5, blank=True)
    """`apply` or `undo` where no equipment confirmed the effect: a person does it, and says so. `undo` of one in force: for logins that passed on."""

    class Meta:
        indexes = [work_index("enforcement_measure_due")]


class Approval(models.Model):
    """One officer's yes or no, bound to what the officer saw."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="approvals")
    officer = models.CharField(max_length=120)
    verdict = models.CharField(max_length=8)
    """`approve refuse`."""
    subject_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    void = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["measure", "officer"], condition=models.Q(void=False), name="enforcement_approval_once")]


class Letter(Work):
    """A letter that a member must get. As a work row it is due for the stage `notices.members`, which writes the Notice."""

    ref = models.CharField(max_length=24, unique=True)
    key = models.CharField(max_length=80, unique=True)
    """Idempotency key: one letter of a kind for one measure or decision."""
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=20)
    """A step (`warn` … `brake`), or `hearing apology appeal_upheld appeal_reversed`."""
    avoid = models.CharField(max_length=40, blank=True)
    """Channels that must not be used, space-separated: `mail` where a thief may read the mailbox."""
    prefer = models.CharField(max_length=40, blank=True)
    """Channel asked for: `letter` for a hearing, whose hand-over the post records."""
    held_for = models.CharField(max_length=70, blank=True)
    """The source whose letters wait because they are unusually many (notices.flooding), or ""."""
    rehearsal = models.BooleanField(default=True)
    detail = models.JSONField(default=dict)
    """Facts for the text that no row holds: dates of a hearing, outcome of an appeal. No address, no name."""
    made_at = models.DateTimeField()

    class Meta:
        indexes = [work_index("enforcement_letter_due")]


class Delivery(models.Model):
    """What became of one notice to a member, as `notices` reports it back. The ladder counts only what was delivered."""

    notice = models.CharField(max_length=24, unique=True)
    """`ref` of the notice."""
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8)
    sent_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    undelivered_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)


class Hold(models.Model):
    """An officer stops one step of a contract until `go`."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="holds")
    step = models.CharField(max_length=16)
    officer = models.CharField(max_length=120)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(
            fields=["contract", "step"], condition=models.Q(lifted_at__isnull=True), name="enforcement_hold_once")]


class Saying(models.Model):
    """What the member says: a statement, "done", a wish to unlock, an appeal."""

    ref = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sayings")
    kind = models.CharField(max_length=10)
    """`statement done unlock appeal`."""
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="sayings")
    """The measure that an unlock ends or an appeal contests."""
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    """Null: a person must still look (an appeal, a third unlock)."""
    answered_by = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    """`upheld reversed granted refused`."""
    reason = models.TextField(blank=True)


class Incident(models.Model):
    """A notice was wrong: recalled, apologised for, undone, its source frozen, its siblings searched."""

    ref = models.CharField(max_length=24, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="incidents")
    officer = models.CharField(max_length=120)
    at = models.DateTimeField()
    sources = models.JSONField(default=list)
    """The parts that were frozen: rules, devices, relays, feeds (attribution.origins)."""
    siblings = models.JSONField(default=list)
    """References of other open cases named by the same parts at the same time."""
    report_ja = models.TextField(blank=True)
    """Draft of the report to the ministry (電気通信事業法 28条)."""


class Pulse(Work):
    """One row (id 1), due every few seconds for the stage `enforcement.sense`: our own sensor looks at fresh submissions."""

    class Meta:
        indexes = [work_index("enforcement_pulse_due")]


class Switch(models.Model):
    """Desk-wide switches: `halt`, and `live:<category>` for categories out of rehearsal (`live:*` for all)."""

    name = models.CharField(max_length=80, primary_key=True)
    on = models.BooleanField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class Refusal(models.Model):
    """A person with whom no new contract is made for a while: a keyed hash only, never handed to another provider."""

    hash = models.CharField(max_length=64, unique=True)
    """HMAC of name, birth date and telephone, each made uniform (enforcement.refusals)."""
    clause = models.CharField(max_length=200)
    contract = models.CharField(max_length=32)
    """Handle of the terminated contract."""
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    until = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
