#pragma once
#include "base/result.h"
#include "deploy/compose/model.h"
#include <map>
#include <string>
#include <string_view>

// The data to create a release's containers, kept in the state folder (compose/<release>.json, 0600). So a rollback
// needs neither the checkout nor the former values of ${NAME}.
namespace fairlead::deploy {

struct UsedImage {
    std::string image; // "ghcr.io/acme/shop@sha256:...", or the id of an image that isn't in a registry
    std::string id;    // the engine's id; empty: not fetched yet
    std::string user;  // the user of its processes, from the service or the image
    bool operator==(const UsedImage&) const = default;
};

struct Recipe {
    std::string release, project, folder;    // the project's folder, with its .env
    std::map<std::string, UsedImage> images; // of the services that we deploy
    int port = 0;                            // where the first service listens; 0: at a socket
    Model model;
};

// `of`: the owner (ledger/checked.h). Empty: no owner is written; when reading, any owner is accepted.
std::string to_json(const Recipe& recipe, const std::string& of = "");
Result<Recipe> parse_recipe(std::string_view text, const std::string& file, const std::string& of = "");

// Returns one SHA-256 for these images: the digest of a single image, or else one computed over all.
std::string digest_of(const std::map<std::string, UsedImage>& images);
// "ghcr.io/acme/shop:1.4@sha256:..." becomes "ghcr.io/acme/shop@sha256:..."; empty: there is no digest.
std::string by_digest(std::string_view reference);

}
