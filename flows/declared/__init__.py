"""What each flow takes, gives and does to the world: `ACTION` in a module of the flow's name."""
