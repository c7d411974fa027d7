// A storage channel's callback with the race of the founding case in it: the ring pointer is tested, then read
// again. A host that takes the ring away in between, as it does while it closes down a moved machine, leaves null.
#include "vmbus.h"

typedef struct STOR_REQUEST {
  struct STOR_REQUEST *Next;
  volatile u32 *Status;
  u64 Tag;
} STOR_REQUEST;

typedef struct STOR_CHANNEL {
  u64 Signature;
  VMBUS_CHANNEL Vmbus;
  VMBUS_RING *volatile InboundRing;
  STOR_REQUEST *Pending;
  u64 Completed;
} STOR_CHANNEL;

static STOR_CHANNEL StorChannel;
static VMBUS_RING StorRing;

NOINLINE void StorChannelReopen(STOR_CHANNEL *channel) { channel->InboundRing = &StorRing; }

NOINLINE void StorCompleteRequest(STOR_CHANNEL *channel, u64 tag) {
  for (STOR_REQUEST **link = &channel->Pending; *link; link = &(*link)->Next) {
    if ((*link)->Tag == tag) {
      *(*link)->Status = 0;
      *link = (*link)->Next;
      channel->Completed++;
      return;
    }
  }
}

NOINLINE void StorChannelVmbusCallback(void *context) {
  STOR_CHANNEL *channel = context;
  if (!channel->InboundRing) {
    StorChannelReopen(channel);
  }
  const u64 *packets = channel->InboundRing->Packets;
  VMBUS_RING *ring = channel->InboundRing;
  while (ring->ReadIndex != ring->WriteIndex) {
    StorCompleteRequest(channel, packets[ring->ReadIndex % (uptr)ring->Size]);
    ring->ReadIndex++;
  }
}

void DriverEntry(void) {
  StorChannel.Vmbus.Ring = &StorRing;
  StorChannelReopen(&StorChannel);
  VmbusOpenChannel(&StorChannel.Vmbus, StorChannelVmbusCallback, &StorChannel);
}
