#pragma once
#include "preflight/parts/docker.h"
#include "preflight/project.h"
#include "read/compose/compose.h"
#include <cstddef>

// Determines what an image is for: a server, a job, or files for other images.
namespace fairlead::preflight::docker {

// Returns whether the project has services for which `is_of` is true, and `holds` is true for all of them.
template <typename IsOf, typename Holds>
bool every_service(const Dockerfile& subject, const Project& project, IsOf is_of, Holds holds) {
    std::size_t used = 0, held = 0;
    for (const Compose& compose : project.composes_for(subject.profile))
        for (const auto& service : compose.read->services) {
            if (!is_of(service)) continue;
            ++used;
            held += holds(compose, service);
        }
    return used > 0 && used == held;
}

// Returns whether every service that runs the image ends by itself, because others wait for its end.
bool is_a_job(const Dockerfile& subject, const Project& project);

// Returns whether others copy from the image, or people work in it, by its name or because nothing in it is a server.
bool is_for_others(const Dockerfile& subject, const Project& project);

}
