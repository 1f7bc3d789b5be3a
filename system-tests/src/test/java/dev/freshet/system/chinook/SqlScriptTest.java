package dev.freshet.system.chinook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlScriptTest {

    @Test
    void statementsEndAtSemicolonsOutsideQuotes() {
        assertThat(SqlScript.statements("SELECT 'a;b', \"c;d\";\nSELECT $x$ ; $$ ; $x$; SELECT 1"))
                .containsExactly("SELECT 'a;b', \"c;d\"", "SELECT $x$ ; $$ ; $x$", "SELECT 1");
    }

    @Test
    void quotesWithinStringsDoNotEndThem() {
        assertThat(SqlScript.statements("SELECT 'it''s; one'; SELECT E'it\\'s; one'; SELECT N'back\\'; SELECT 2;"))
                .containsExactly("SELECT 'it''s; one'", "SELECT E'it\\'s; one'", "SELECT N'back\\'", "SELECT 2");
    }

    @Test
    void commentsAndPsqlCommandsAreLeftOut() {
        assertThat(SqlScript.statements("/* a; /* b; */ c; */ SELECT 1; -- d;\n\\c chinook;\nSELECT 2 -- 'e\n;"))
                .containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void databasesAreNeitherMadeNorDropped() {
        assertThat(SqlScript.statements("DROP DATABASE IF EXISTS x; CREATE\nDATABASE x; CREATE TABLE t (a int);"))
                .containsExactly("CREATE TABLE t (a int)");
    }
}
