#pragma once
#include "migrate/sql/statement.h"
#include "migrate/sql/tree.h"
#include "sys/data/json_fwd.h"
#include <string>

// A statement while it is understood: one function for each kind of parse tree.
namespace fairlead::migrate::sql {

struct Reading {
    const sys::Json& tree;
    const Lines& lines;
    Statement& into;
    void about(const char* key); // the relation that it names
    void about_each(const char* key);
};

std::string object_of(const std::string& name); // "OBJECT_MATVIEW" -> "matview"

// Of tables, indexes and views (tables.cpp).
void read_alter_table(Reading& reading);
void read_create_table(Reading& reading);
void read_foreign_table(Reading& reading);
void read_create_table_as(Reading& reading);
void read_create_index(Reading& reading);
void read_view(Reading& reading);
void read_drop(Reading& reading);
void read_rename(Reading& reading);

}
