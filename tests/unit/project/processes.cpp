#include "project/processes.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using project::Role;

TEST_CASE("a process's role is told by its name, else by its command") {
    struct Row {
        std::string_view name, command;
        Role role;
    };
    const Row rows[] = {{"web", "anything", Role::web},
                        {"release", "alembic upgrade head", Role::release},
                        {"worker", "x", Role::worker},
                        {"celery-worker", "x", Role::worker},
                        {"beat", "x", Role::scheduler},
                        {"celery_beat", "celery beat", Role::scheduler}, // its second word, before the first
                        {"clock", "x", Role::scheduler},
                        {"mailer", "celery -A shop worker", Role::worker},
                        {"mailer", "celery -A shop beat", Role::scheduler},
                        {"x", "bundle exec sidekiq", Role::worker},
                        {"x", "php artisan queue:work", Role::worker},
                        {"x", "php artisan schedule:work", Role::scheduler},
                        {"console", "python", Role::other}};
    for (const auto& row : rows) {
        INFO(row.name << ": " << row.command);
        CHECK(name_of(project::role_of(row.name, row.command)) == name_of(row.role));
    }
}

TEST_CASE("a Procfile's lines are read with their numbers, and what is none is left out") {
    const auto lines =
        project::procfile_lines("# c\nweb: gunicorn app:app\n\nworker:  rq worker \nodd name: x\nempty:\n");
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].command == "gunicorn app:app");
    CHECK(lines[1].name == "worker");
    CHECK(lines[1].command == "rq worker");
    CHECK(lines[1].line == 4);
}
