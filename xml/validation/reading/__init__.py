"""From slices to parts: recognised at once when spelled canonically, else through a document tree."""
