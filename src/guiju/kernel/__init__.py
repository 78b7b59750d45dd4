"""The rules of power as pure values and functions (制度约束权力).

No framework, clock, randomness or network: whoever calls brings the moment and the people.
"""
