#pragma once
#include "preflight/rules/docker.h"
#include <string>
#include <string_view>
#include <vector>

// What COPY and ADD take from the build context.
namespace fairlead::preflight::docker {

bool from_context(const Instruction& one);                                // COPY or ADD, not of another stage or image
std::vector<const read::Word*> sources(const Instruction& copy);          // without heredocs
bool is_url(std::string_view source);                                     // or a git repository
bool is_pattern(std::string_view source);                                 // or holds a variable
std::string context_path(std::string_view source);                        // "./a/" is "a", "." is empty
std::string in_project(const Dockerfile& subject, std::string_view path); // of the context, as project.paths have it
bool covers(std::string_view source, std::string_view path);              // path is source, or below it
// A file that no image may hold: an env file, a private key, credentials. By its text where that can be read.
bool is_secret_file(const Project& project, std::string_view path);
bool looks_secret(std::string_view source); // the same by its name alone, of one that isn't there to be read
// Whether it surely holds one: an env file with a value of a secret's name; any other such file, and what can't be
// read.
bool holds_secret(const Project& project, const std::string& path);
// Whether what the stage copies gets into the image: it is FROM it, or takes a whole folder of it.
bool ends_in_image(const Dockerfile& subject, std::size_t stage);
// Such files that the Dockerfile's context would send, as paths in the context.
std::vector<std::string> secret_files(const Dockerfile& subject, const Project& project);

}
