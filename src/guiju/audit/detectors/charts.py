"""What the detectors of replay share: the cases of which no chart can tell anything."""

NO_CHART = """
SELECT count(*) FROM kase AS k
LEFT JOIN (SELECT DISTINCT s.power FROM chart_step AS s) AS c ON c.power = k.power
WHERE c.power IS NULL
"""
NO_CHART_WORDS = "件的职权没有流程图"
