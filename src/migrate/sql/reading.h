#pragma once
#include "migrate/sql/statement.h"
#include "migrate/sql/tree.h"
#include "sys/data/json_fwd.h"
#include <string>

// Reads a statement from its parse tree: one function for each kind of tree.
namespace fairlead::migrate::sql {

struct Reading {
    const sys::Json& tree;
    const Lines& lines;
    Statement& into;
    void about(const char* key); // reads the relation under `key` of the tree
    void about_each(const char* key);
};

std::string object_of(const std::string& name); // "OBJECT_MATVIEW" -> "matview"

// For tables, indexes and views (tables.cpp).
void read_alter_table(Reading& reading);
void read_create_table(Reading& reading);
void read_foreign_table(Reading& reading);
void read_create_table_as(Reading& reading);
void read_create_index(Reading& reading);
void read_view(Reading& reading);
void read_drop(Reading& reading);
void read_rename(Reading& reading);

// For statements that change rows (rows.cpp).
void read_update(Reading& reading);
void read_delete(Reading& reading);
void read_merge(Reading& reading);
void add_updates(const sys::Json& tree, std::vector<Update>& updates); // adds all UPDATEs and DELETEs in the tree
// For a statement that our grammars can't parse: finds UPDATE without the word WHERE.
std::vector<Update> updates_by_words(std::string_view text, Dialect dialect);

}
