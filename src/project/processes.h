#pragma once
#include <string>
#include <string_view>
#include <vector>

// What of an application runs beside what answers requests: facts, without a verdict.
namespace fairlead::project {

enum class Role {
    web,       // answers requests
    worker,    // takes jobs from a queue
    scheduler, // starts jobs by a clock: there may be only one
    release,   // runs once for each release, before it serves
    other,
};
std::string_view name_of(Role role);

// By its name, else by the program that the command starts: celery worker, celery beat, rq worker, sidekiq, clockwork.
Role role_of(std::string_view name, std::string_view command);

struct ProcessLine {
    std::string name; // as written: letters, digits, _ and -
    Role role = Role::other;
    std::string command; // as a shell reads it
    int line = 0;
};
// The lines `name: command` of a Procfile, in their order; comments and lines of another form are left out.
std::vector<ProcessLine> procfile_lines(std::string_view text);

}
