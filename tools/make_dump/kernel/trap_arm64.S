// From a page fault to KeBugCheckEx. The vector has put a KTRAP_FRAME (0x150 bytes) at sp, as the unwind code
// MSFT_OP_TRAP_FRAME says.
.text

.globl KiPageFault
.seh_proc KiPageFault
KiPageFault:
  .seh_trap_frame
  stp x29, x30, [sp, #-0x20]!
  .seh_save_fplr_x 0x20
  mov x29, sp
  .seh_set_fp
  .seh_endprologue
  mrs x9, far_el1
  str x9, [sp, #0x28]          // FaultAddress
  add x0, sp, #0x20
  bl KiSelectFaultCode
  ldr x1, [sp, #0x28]          // 1: the address
  adrp x9, KiCurrentIrql
  ldrb w2, [x9, :lo12:KiCurrentIrql] // 2: the IRQL
  ldr w9, [sp, #0xB4]          // ESR: a write, or of an instruction
  ubfx x3, x9, #6, #1          // 3
  ldr x4, [sp, #0x168]         // 4: the instruction
  bl KeBugCheckEx
  brk #0xF000
.seh_endproc

.globl KeBugCheckEx
.seh_proc KeBugCheckEx
KeBugCheckEx:
  stp x19, x20, [sp, #-0x30]!
  .seh_save_regp_x x19, 0x30
  str x21, [sp, #0x10]
  .seh_save_reg x21, 0x10
  stp x29, x30, [sp, #0x20]
  .seh_save_fplr 0x20
  add x29, sp, #0x20
  .seh_add_fp 0x20
  .seh_endprologue
  msr daifset, #2
  mov x19, x0
  mov x20, x1
  mov x21, x2
  bl KeBugCheck2
  brk #0xF000
.seh_endproc
