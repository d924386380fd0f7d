#pragma once

namespace fairlead::read {
struct ComposeService;
}

// Finds services that only those who develop start: what stands in for a cloud, and what is told to use it.
namespace fairlead::project {

// Returns whether its image emulates somebody else's service: LocalStack, dynamodb-local, gcloud-pubsub-emulator. Its
// settings are its own: a key is any word, and DEBUG is its log's level.
bool is_emulator(const read::ComposeService& service);

// Returns whether a variable says that the program is to serve those who develop: PUBSUB_EMULATOR_HOST, SHOP_DEV_MODE:
// true, or WordPress' own address at localhost, where it sends every visitor.
bool is_told_to_develop(const read::ComposeService& service);

}
