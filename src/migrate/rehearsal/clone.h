#pragma once
#include "migrate/server/connect.h"
#include "migrate/settings.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::migrate::rehearsal {

// A temporary copy of the migrated database; the destructor drops it. PostgreSQL: if nobody else is connected and the
// database is small enough, made by CREATE DATABASE … TEMPLATE; else by pg_dump, without rows. SQLite: a copy of the
// file.
class Clone {
  public:
    static Result<Clone> make(const server::Address& address, const Settings& settings,
                              const sys::Environment& variables);
    Clone(Clone&& other) noexcept;
    Clone& operator=(Clone&&) = delete;
    ~Clone();

    const std::string& url() const { return url_; } // for FAIRLEAD_DATABASE_URL; may contain a password
    const std::string& how() const { return how_; } // "a copy by TEMPLATE", "its schema without rows: 2 others are …"
    bool has_rows() const { return has_rows_; }

  private:
    Clone() = default;
    server::Address server_; // for PostgreSQL
    std::string database_, url_, how_;
    bool has_rows_ = true;
    std::optional<sys::TemporaryFolder> folder_; // for SQLite
};

// Drops rehearsal databases that are older than a day and have no connection. Returns their names.
Result<std::vector<std::string>> collect(const server::Address& address, const sys::Environment& variables,
                                         bool dry_run);

}
