// A session by the psql of a container, where no port of the server is open to us.
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/via.h"
#include "base/text.h"
#include "sys/database/without_values.h"
#include "sys/digest.h"
#include "sys/process/dialogue.h"
#include <array>
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

constexpr Milliseconds longest_statement = std::chrono::hours(12);
constexpr char field_end = '\x1f', row_end = '\x1e', null_mark = '\x1d'; // no text of a name or a number has them

class PsqlSession : public sys::Session {
  public:
    PsqlSession(sys::Dialogue dialogue, std::string shown)
        : dialogue_(std::move(dialogue)), shown_(std::move(shown)), mark_("fairlead-" + sys::random_hex(8)) {}

    // Errors come by psql's own variables: what it says on its standard error has no place among the answers.
    Result<sys::Answer> run(const std::string& sql) override {
        const std::string text =
            fmt::format("\\set LAST_ERROR_MESSAGE ''\n\\set LAST_ERROR_SQLSTATE 00000\n{}\n;\n\\echo "
                        "{}:LAST_ERROR_SQLSTATE{}:LAST_ERROR_MESSAGE{}\n",
                        sql, mark_ + field_end, field_end, field_end + mark_);
        auto sent = dialogue_.send(text);
        if (!sent.ok()) return lost(sent.error());
        std::string said;
        const std::string end = field_end + mark_ + "\n";
        std::array<char, 64u << 10> block;
        while (!said.ends_with(end)) {
            const auto count = dialogue_.receive(block);
            if (!count.ok()) return lost(count.error());
            if (count.value() == 0) return lost(dialogue_.ended());
            said.append(block.data(), count.value());
        }
        return answer_of(said);
    }
    // psql takes as many as there are, so a ; within is taken for a second one.
    Result<sys::Answer> ask(const std::string& sql, const std::vector<sys::Field>& parameters) override {
        if (!parameters.empty()) return unknown();
        const auto one = sql.substr(0, sql.find_last_not_of("; \n\t") + 1);
        if (one.find(';') != one.npos || one.find('\\') != one.npos)
            return could_not(
                fmt::format("'{}' is more than one statement; write one statement, without ; and \\", sql));
        return run(one);
    }
    Result<sys::Answer> copy_in(const std::string&, std::string_view) override { return unknown(); }
    void interrupt() override {}
    bool is_interrupted() const override { return false; }
    bool is_open() const override { return is_open_; }

  private:
    static Error unknown() { return could_not("psql in a container takes only statements"); }
    Error lost(const Error& why) {
        is_open_ = false;
        return could_not(fmt::format("{}: {}", shown_, why.message));
    }

    sys::Answer answer_of(const std::string& said) const {
        sys::Answer answer;
        const auto begin = said.rfind(mark_ + field_end);
        const auto ends = split(std::string_view(said).substr(begin), field_end); // mark, state, message, mark
        if (ends.size() > 2 && !ends[2].empty()) {
            answer.refusal = sys::Refusal{};
            answer.refusal->code = ends[1];
            answer.refusal->message = sys::without_values(ends[2]);
        }
        for (const auto& line : split(std::string_view(said).substr(0, begin), row_end)) {
            const auto row = line.starts_with('\n') ? line.substr(1) : line; // behind the last one of a statement
            if (row.empty()) continue;
            std::vector<sys::Field> fields;
            for (const auto& field : split(row.ends_with('\n') ? row.substr(0, row.size() - 1) : row, field_end))
                fields.push_back(field == std::string(1, null_mark) ? sys::Field() : sys::Field(field));
            answer.rows.push_back(std::move(fields));
        }
        return answer;
    }

    sys::Dialogue dialogue_;
    std::string shown_, mark_;
    bool is_open_ = true;
};

}

Result<std::unique_ptr<sys::Session>> open_by_psql(const Address& address, const std::string& database,
                                                   const std::string& shown, const World& world) {
    const Programs there{.folder = "", .version = "", .major = 0, .via = address.via};
    const auto made = TRY(stage(there,
                                {"psql", "-X", "-q", "-A", "-t", "--no-password", "-F", std::string(1, field_end), "-R",
                                 std::string(1, row_end), "-P", fmt::format("null={}", null_mark)},
                                address, database, world));
    auto dialogue = TRY(sys::Dialogue::start(made.argv, "psql in " + address.via, longest_statement, made.environment));
    return std::unique_ptr<sys::Session>(std::make_unique<PsqlSession>(std::move(dialogue), shown));
}

}
