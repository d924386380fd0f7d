#pragma once
#include "report/report.h"
#include "sys/environment.h"
#include <string>
#include <vector>

// Finds everything that was ever deployed on this host, without a fairlead.yml, for emergencies in a bare shell.
namespace fairlead::deploy {

struct Found {
    std::string app, environment;
    std::string state;               // the state folder
    std::string root;                // of a direct target; empty: another kind of target, or not known
    std::string project;             // folder of fairlead.yml, if known
    std::string current, before;     // the serving release, and the one that a rollback goes to; empty: none
    std::vector<std::string> others; // releases with a record
    std::string trouble;             // why its records can't be read; empty: they can be read
    bool production = true;          // also true if it isn't known
};

// Searches the state folders of root and of the users, and the usual places of roots: /srv, /opt, /var/www, homes.
std::vector<Found> find_deployed(const sys::Environment& variables);

// `status` without a fairlead.yml: lists each deployment with the commands to type. Error (usage): there is no
// deployment.
Result<report::Report> status_of_host(const sys::Environment& variables);

}
