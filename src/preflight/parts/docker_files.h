#pragma once
#include "preflight/parts/docker.h"
#include <string>
#include <string_view>
#include <vector>

// Finds the files that COPY and ADD take from the build context.
namespace fairlead::preflight::docker {

bool copies(const Instruction& one);                             // COPY or ADD
bool from_context(const Instruction& one);                       // COPY or ADD, but not from another stage or image
std::vector<const read::Word*> sources(const Instruction& copy); // without heredocs
bool is_url(std::string_view source);                            // also for a git repository
bool is_pattern(std::string_view source);                        // also if it contains a variable
std::string context_path(std::string_view source);               // "./a/" becomes "a", "." becomes ""
// converts a path in the context to a path in project.paths
std::string in_project(const Dockerfile& subject, std::string_view path);
bool covers(std::string_view source, std::string_view path); // path equals source, or is below it
// Returns whether the file must not be in an image: an env file, a private key, credentials. Decides by its text if
// that can be read.
bool is_secret_file(const Project& project, std::string_view path);
bool looks_secret(std::string_view source); // decides by the name only, for a file that can't be read here
// Returns whether the file certainly has a secret: an env file with a value for a secret's name, or any other file for
// which is_secret_file() holds. A file that can't be read counts, too.
bool holds_secret(const Project& project, const std::string& path);
// Returns whether files copied in this stage end up in the image, because the image is FROM this stage or copies a
// whole folder from it.
bool ends_in_image(const Dockerfile& subject, std::size_t stage);
// Returns the secret files that the Dockerfile's context contains, as paths in the context.
std::vector<std::string> secret_files(const Dockerfile& subject, const Project& project);
// Returns whether a program generates the context: bin/context web/Dockerfile | docker build -.
bool is_context_piped(const Dockerfile& subject, const Project& project);

}
