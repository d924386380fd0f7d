#pragma once
#include "migrate/server/connect.h"
#include "migrate/settings.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::migrate::rehearsal {

// A database of its own beside the one that is migrated, dropped with its owner. Of PostgreSQL by CREATE DATABASE …
// TEMPLATE where nobody else is connected and it is small enough, else without the tables' rows by pg_dump; of SQLite a
// copy of the file.
class Clone {
  public:
    static Result<Clone> make(const server::Address& address, const Settings& settings,
                              const sys::Environment& variables);
    Clone(Clone&& other) noexcept;
    Clone& operator=(Clone&&) = delete;
    ~Clone();

    const std::string& url() const { return url_; } // for FAIRLEAD_DATABASE_URL; may hold a password
    const std::string& how() const { return how_; } // "a copy by TEMPLATE", "its schema without rows: 2 others are …"
    bool has_rows() const { return has_rows_; }

  private:
    Clone() = default;
    server::Address server_; // of PostgreSQL
    std::string database_, url_, how_;
    bool has_rows_ = true;
    std::optional<sys::TemporaryFolder> folder_; // of SQLite
};

// Rehearsal databases older than a day that nobody is connected to. Their names.
Result<std::vector<std::string>> collect(const server::Address& address, const sys::Environment& variables,
                                         bool dry_run);

}
