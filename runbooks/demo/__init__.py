"""The main job on an emulator, from start to end: a demo that can reach no real cluster."""
