/*
 * sqlite with its write-ahead log in the working directory: two writers and a reader, each a process
 * with a connection of its own, which share the log's index in memory.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRANSACTIONS = 10, ROWS = 5, BUSY_MS = 20000 };

static void need(int holds, const char *what, sqlite3 *db)
{
	if (holds)
		return;
	fprintf(stderr, "%s: %s\n", what, db == NULL ? "failed" : sqlite3_errmsg(db));
	exit(1);
}

static sqlite3 *open_database(void)
{
	sqlite3 *db = NULL;
	need(sqlite3_open("db", &db) == SQLITE_OK, "open", db);
	sqlite3_busy_timeout(db, BUSY_MS);
	return db;
}

static void execute(sqlite3 *db, const char *sql)
{
	need(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql, db);
}

/** The first value of the first row. */
static void ask(sqlite3 *db, const char *sql, char *to, size_t size)
{
	sqlite3_stmt *statement = NULL;
	need(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, sql, db);
	need(sqlite3_step(statement) == SQLITE_ROW, sql, db);
	snprintf(to, size, "%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

static void write_rows(void)
{
	sqlite3 *db = open_database();
	for (int i = 0; i < TRANSACTIONS; i++) {
		execute(db, "BEGIN IMMEDIATE");
		for (int row = 0; row < ROWS; row++)
			execute(db, "INSERT INTO t VALUES (randomblob(400))");
		execute(db, "COMMIT");
	}
	sqlite3_close(db);
	exit(0);
}

/** Sees whole transactions only, and never fewer than before. */
static void read_rows(void)
{
	sqlite3 *db = open_database();
	char text[32];
	for (int before = 0, count = 0; count < 2 * TRANSACTIONS * ROWS; before = count) {
		ask(db, "SELECT count(*) FROM t", text, sizeof(text));
		count = atoi(text);
		need(count % ROWS == 0 && count >= before, "a reader's view", NULL);
	}
	sqlite3_close(db);
	exit(0);
}

int main(void)
{
	char text[64];
	alarm(90);
	sqlite3 *db = open_database();
	ask(db, "PRAGMA journal_mode=WAL", text, sizeof(text));
	need(strcmp(text, "wal") == 0, text, NULL);
	execute(db, "CREATE TABLE t (bytes BLOB)");
	sqlite3_close(db); /* A connection must not be carried through a fork. */
	void (*const parts[])(void) = {write_rows, write_rows, read_rows};
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			parts[i]();
	for (int status = 0, i = 0; i < 3; i++)
		need(wait(&status) > 0 && status == 0, "a process", NULL);
	db = open_database();
	ask(db, "PRAGMA integrity_check", text, sizeof(text));
	need(strcmp(text, "ok") == 0, text, NULL);
	ask(db, "SELECT count(*) FROM t", text, sizeof(text));
	execute(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	printf("%s rows\n", text);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
