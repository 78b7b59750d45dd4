"""The record 痕迹: the one door for acts. Every room that changes something writes here.

A row is appended inside the caller's transaction and never changes: the database itself
refuses UPDATE and DELETE (``append_only``). A sequencer gives every row its index in the
log, without gaps (``sequencer``). Upper rooms read; nobody calls upwards.
"""
