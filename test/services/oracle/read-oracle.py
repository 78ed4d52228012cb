"""Reads a JSON list of statements for Oracle 12.1 and writes a JSON list of faults, one text or null for each."""

import json
import logging
import sys

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

# Oracle's own list of reserved words (SQL Language Reference, appendix E), which no table, column or alias may have.
RESERVED = set(
    """ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COLUMN_VALUE COMMENT COMPRESS CONNECT
    CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP
    HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG MAXEXTENTS
    MINUS MLSLABEL MODE MODIFY NESTED_TABLE_ID NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE ON ONLINE OPTION OR
    ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT SESSION SET SHARE SIZE SMALLINT START
    SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW
    WHENEVER WHERE WITH""".split()
)
LONGEST_LIST = 1000


def fault_of(statement):
    try:
        trees = sqlglot.parse(statement, dialect="oracle", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return str(error).splitlines()[0]
    if len(trees) != 1 or trees[0] is None:
        return "is not one statement"
    return next((fault for node in trees[0].walk() if (fault := fault_at(node))), None)


def fault_at(node):
    """What the parser lets pass and Oracle does not."""
    if isinstance(node, exp.Command):
        return "is not understood by the parser"
    if isinstance(node, exp.Select) and node.args.get("from_") is None:
        return "a SELECT has no FROM"
    if isinstance(node, exp.Limit):
        return "LIMIT is not known to Oracle"
    if isinstance(node, (exp.OnConflict, exp.Returning, exp.Mod, exp.Boolean, exp.DPipe)) and not isinstance(node, exp.DPipe):
        return f"{type(node).__name__} is not known to Oracle"
    if isinstance(node, exp.Placeholder) and not node.this:
        return "a bind has no name"
    if isinstance(node, exp.Identifier) and not node.quoted and node.name.upper() in RESERVED:
        return f"{node.name} is a reserved word"
    if isinstance(node, exp.Identifier) and len(node.name) > 30:
        return f"{node.name} is longer than 30 letters"
    if isinstance(node, exp.In) and len(node.expressions) > LONGEST_LIST:
        return "a list has more than 1,000 values"
    return None


logging.disable(logging.CRITICAL)
json.dump([fault_of(statement) for statement in json.load(sys.stdin)], sys.stdout)
