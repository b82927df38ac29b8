"""What the bot does with an update: one file per audience, no sentences and no pixels."""
