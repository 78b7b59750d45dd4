"""BPMN 2.0 (OMG formal/2013-12-09, ISO/IEC 19510): read, written, proven, walked, made of a power.

tree         XML as it was written; what is read and written again loses nothing
names        the words of the standard that are understood
model        a typed view over the tree, which stays the storage
refusals     why a model, or a part of it, cannot be executed
inclusive    which inclusive join belongs to which split
translation  a process as a Petri net;  tokens: with which ends a sub-process can be over
proof        whether a model is sound, told in its own words
walk         a case of a model, step by step
extension    the kernel's values as XML under our own namespace
identity     ids of a power as ids of XML, and back
outward      a power as a model;  layout, diagram: and where its shapes stand
inward       a model that came from a power, perhaps edited elsewhere, as a power again
drawn        what is drawn, read as steps with outcomes
"""
