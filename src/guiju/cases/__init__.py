"""Cases 办件: a case runs along a chart. Nothing else in the house moves a case."""
