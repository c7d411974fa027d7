// The host's interrupt for a ring becomes a deferred call to the channel's owner.
#define BUILDING_VMBUS
#include "vmbus.h"

enum { kChannelSignature = 0x4e414843 };

static NOINLINE void VmbusAcknowledge(VMBUS_CHANNEL *channel) { channel->Ring->InterruptMask = 0; }

NOINLINE void VmbusChannelDpc(KDPC *dpc, void *context) {
  VMBUS_CHANNEL *channel = context;
  channel->Interrupts++;
  channel->Callback(channel->Context);
  if (channel->Ring) {
    VmbusAcknowledge(channel);
  }
  dpc->Next = 0;
}

void VmbusOpenChannel(VMBUS_CHANNEL *channel, VMBUS_CALLBACK callback, void *context) {
  channel->Signature = kChannelSignature;
  channel->Callback = callback;
  channel->Context = context;
  KeInitializeDpc(&channel->Dpc, VmbusChannelDpc, channel);
}

void VmbusRingInterrupt(VMBUS_CHANNEL *channel) { KeInsertQueueDpc(&channel->Dpc); }

void DriverEntry(void) {}
