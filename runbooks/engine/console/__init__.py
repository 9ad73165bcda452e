"""What the commands do, once they know what is asked: the screen's side of the engine."""
