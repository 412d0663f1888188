"""Labels: what their steps say, the rules of a pass, and problems whose labels are known."""
