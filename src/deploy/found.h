#pragma once
#include "report/report.h"
#include "sys/environment.h"
#include <string>
#include <vector>

// What was ever deployed on this host, found without any fairlead.yml: for whoever is called at night, in a bare shell.
namespace fairlead::deploy {

struct Found {
    std::string app, environment;
    std::string state;             // its folder
    std::string root;              // of a direct target; empty: another one's, or nobody knows
    std::string project;           // where fairlead.yml lay, where that is known
    std::string current, previous; // releases; empty: none
    std::string trouble;           // why its records can't be read; empty: they can
    bool production = true;        // or nobody knows
};

// In the state folders of root and of the users, and below the roots that lie where roots lie: /srv, /opt, /var/www,
// homes.
std::vector<Found> find_deployed(const sys::Environment& variables);

// `status` without a fairlead.yml: each of them, with the commands as they are typed. Error (usage): there is none.
Result<report::Report> status_of_host(const sys::Environment& variables);

}
