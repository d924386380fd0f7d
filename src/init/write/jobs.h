#pragma once
#include "init/write.h"
#include "init/write/workflow.h"
#include <string>
#include <vector>

// Jobs and steps that several of the written workflows have.
namespace fairlead::init {

struct Writing {
    const Project& project;
    const Given& given;
};

bool is_alone(const Project& project); // one component: it needs no name beside the job's
std::string job_id(const Project& project, const std::string& job, const Component& component); // gate, gate-api
std::vector<const Component*> services(const Project& project); // those that something is deployed of
std::vector<const Component*> with_image(const Project& project);
std::vector<Environment>
environments(const Writing& writing); // that are deployed to: of fairlead.yml, or as we write it
// Where what belongs to staging, and to production, is deployed; nullptr: nowhere.
const Environment* staging_of(const std::vector<Environment>& all);
const Environment* production_of(const std::vector<Environment>& all);
// Names of variables that the component's deployment gets from the environment's secrets.
std::vector<std::string> secrets_of(const Writing& writing, const Component& component, const Environment& environment);
// A path of the project as seen from the component's folder.
std::string within(const Component& component, const std::string& path);
// The fairlead.yml of a component, from the repository's root: its own where several are deployed.
std::string config_of(const Project& project, const Component& component);
std::string image_of(const Project& project, const Component& component); // ghcr.io/${{ github.repository }}-api

std::string workflow_path(const Writing& writing, const std::string& name); // ../.github/workflows/shop-release.yml
std::string title(const Project& project, const std::string& name);         // "release of shop"
std::string group_of(const Project& project, const std::string& name);      // "release-shop"

Act check_out(int depth, std::string why);
Act our(const Writing& writing, std::string name, const std::string& tool, Entries with = {});

enum class Of { change, deployment }; // nothing that is published or deployed comes from a cache
std::vector<Act> build_steps(const Writing& writing, const Component& component,
                             Of of); // runtime, install, build
Job scan_job(const Writing& writing, Of of);
// Whether there is configuration to judge: an image or a compose file. Workflows alone are no reason.
bool has_configuration(const Project& project);
Job preflight_job(const Writing& writing);
Job gate_job(const Writing& writing, const Component& component, Of of);
std::vector<Job> gate_jobs(const Writing& writing, Of of);
std::vector<std::string> ids(const std::vector<Job>& jobs);
// Its text. Before a release each of our steps builds its program first: the limits allow for that, and a change's jobs
// keep it in the runner's cache.
std::string render_workflow(const Writing& writing, Workflow workflow, Of of);

Act log_in();                         // to ghcr.io, by the job's own token
extern const Permission to_check_out; // contents: read

// On the host that serves: deploy, smoke, and the way back where smoke says no (decisions K1).
Job deploy_job(const Writing& writing, const Component& component, const Environment& environment);

}
