#pragma once

namespace fairlead::read {
struct ComposeService;
}

// Finds services that only developers start: emulators of other services, and programs whose variables say so.
namespace fairlead::project {

// Returns whether the image emulates somebody else's service: LocalStack, dynamodb-local, gcloud-pubsub-emulator. An
// emulator's settings don't mean the same as an application's: any word is a valid key, and DEBUG is only a log level.
bool is_emulator(const read::ComposeService& service);

// Returns whether a variable shows that the program serves developers: PUBSUB_EMULATOR_HOST; `SHOP_DEV_MODE: true`; or,
// for WordPress, a home address at localhost, to which it redirects every visitor.
bool is_told_to_develop(const read::ComposeService& service);

}
