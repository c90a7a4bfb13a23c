"""EDI with trading partners, in ASC X12: what comes in is checked and acknowledged, what was decided goes out."""
