"""The paper's study of what to label (section 4) in small: `commands.simulate` is the door, `unit.py` one seed."""
