"""The phone program under /field/: its page and worker (`shell`), its sentences (`words`), and the endpoints it talks to."""
