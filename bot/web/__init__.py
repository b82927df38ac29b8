"""What the bot serves over HTTP, on one port: the webhook, and how it is doing.

`app.py` is the ASGI app, `server.py` serves it. `webhook.py` takes what Telegram brings, and
`registration.py` sees to it that Telegram does. `health.py` and `exposition.py` tell how the bot
is doing.
"""
