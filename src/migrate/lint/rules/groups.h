#pragma once
#include "migrate/lint/rule.h"
#include <functional>

// The groups of rules, one file each; all.cpp lists them.
namespace fairlead::migrate::lint {

std::span<const Rule> lock_rules();
std::span<const Rule> index_rules();
std::span<const Rule> column_rules();
std::span<const Rule> constraint_rules();
std::span<const Rule> drop_rules();
std::span<const Rule> object_rules();
std::span<const Rule> guard_rules();
std::span<const Rule> data_rules();
std::span<const Rule> transaction_rules();
std::span<const Rule> type_rules();
std::span<const Rule> form_rules();
std::span<const Rule> right_rules();
std::span<const Rule> file_rules();
std::span<const Rule> sqlite_rules();
std::span<const Rule> mysql_rules();

// Functions that walk over a script.
using EachStatement = std::function<void(const Statement& statement, std::size_t at)>;
void each_statement(const Script& script, Statement::Verb verb, const EachStatement& look);
using EachChange = std::function<void(const Statement& statement, const Change& change, std::size_t at)>;
// Visits commands of ALTER TABLE on tables that may be in use.
void each_change(const Script& script, Change::Kind kind, const EachChange& look);
// Visits new columns with their tables: those of CREATE TABLE and ADD COLUMN, and (only for the type) of ALTER … TYPE.
using EachColumn = std::function<void(const Statement& statement, const Column& column, std::size_t at)>;
void each_column(const Script& script, const EachColumn& look);

// Returns whether the same file creates an object with this name or renames one to it. Then nobody uses the new object
// yet, or a dropped object comes back.
bool is_made_here(const Script& script, const Name& name);
// the way out for a drop, because the running release may still use the object
std::string way_to_drop(const Script& script);
std::string table_of(const Statement& statement);  // the full name of its first table
std::string tables_of(const Statement& statement); // "table a", "tables a, b", "tables a, b, c and 4 more"
std::string column_of(const Statement& statement, const std::string& column); // with its table: "shop.orders.total"

}
