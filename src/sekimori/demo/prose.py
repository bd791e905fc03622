"""Letters as people write them, with places for addresses and times. Written for the demo."""

JAPANESE = [
    ("迷惑メールの送信について", "れいじネット ご担当者様\n\nお世話になっております。\n貴社のIPアドレス {ip} から、{jst} (JST) に当方のサーバーへ\n迷惑メールが送られてきました。ご確認のうえ、対応をお願いいたします。\n\n株式会社みなと商会 情報システム部\n"),
    ("不正アクセスの報告", "ご担当者様\n\n{wareki}(日本時間)ごろ、{wide} から当社のウェブサイトの管理画面に\n何度もログインの試みがありました。\nアクセスログの一部をお送りします。\n\n{ip} - - [{stamp}] \"POST /wp-login.php HTTP/1.1\" 200 4523\n{ip} - - [{stamp}] \"POST /wp-login.php HTTP/1.1\" 200 4523\n{ip} - - [{stamp}] \"POST /wp-login.php HTTP/1.1\" 200 4523\n\nよろしくお願いいたします。\n"),
    ("SSHへの総当たり攻撃", "abuse窓口 様\n\n下記の通り、貴社管理のアドレスから SSH への総当たり攻撃を受けています。\n\n発信元: {ip}\nポート: {port}\n日時: {jst} +0900\n回数: 312回\n\n至急、止めていただけないでしょうか。\n"),
    ("困っています", "こんにちは。\n先週から変なメールがたくさん来て困っています。\nメールのどこを見ればよいか分かりませんが、{ip} という数字がありました。\nなんとかしてください。\n"),
]
ENGLISH = [
    ("Brute force from your network", "Dear abuse team,\n\nwe see SSH brute force from {ip}, source port {port}, starting at {utc}.\n\nLog:\n{utc} sshd[991]: Failed password for root from {ip} port {port} ssh2\n\nRegards,\nCompany IT\n"),
    ("Abuse from {ip}", "Hello,\n\nThe host {defanged} is hammering our contact form.\n\n{ip} - - [{stamp}] \"POST /contact HTTP/1.1\" 200 312 \"-\" \"python-requests/2.31\"\n{ip} - - [{stamp}] \"POST /contact HTTP/1.1\" 200 312 \"-\" \"python-requests/2.31\"\n\nPlease stop it.\n"),
    ("spam", "I keep getting spam and I think it comes from you. The address is {ip}. It happened yesterday evening. DO SOMETHING.\n"),
]
NOT_ABUSE = [
    ("Out of office: Re: abuse report", "I am away until Monday.\n", "Auto-Submitted: auto-replied\r\n", "hr@company.example"),
    ("今月のセミナーのご案内", "いつもお世話になっております。来月開催のセキュリティ・セミナーをご案内します。\n配信停止はこちら: https://news.example/unsubscribe\n", "List-Id: <seminar.news.example>\r\nPrecedence: bulk\r\n", "news@news.example"),
    ("Weekly newsletter: 10 tips for network operators", "This week: why BCP 38 matters.\nUnsubscribe: https://letters.example/u\n", "List-Id: <tips.letters.example>\r\nList-Unsubscribe: <https://letters.example/u>\r\n", "tips@letters.example"),
]
OTHER = [
    ("Notice of Claimed Infringement", "We represent the owners of the film 'The Long River'. At {utc} the address {ip} shared it by BitTorrent, port 51413.\nInfohash: 5b1d0f5e2c0a6b0c7f3bb6a0b1c7c86a7f1e9a33\nPlease forward this notice to your customer.\n", "", "notices@rights-agency.example"),
    ("掲示板での誹謗中傷について", "掲示板に私の悪口を書いている人がいます。{ip} からの書き込みだと思います。\nこの人の名前と住所を教えてください。\n", "", "kowai@mail.example"),
    ("掲示板の荒らし", "当掲示板の管理人です。{ip} から {utc} に同じ書き込みが200回ありました。\nこちらでアクセスを止めていますが、ご対応をお願いします。\n", "", "admin@board.example"),
]
