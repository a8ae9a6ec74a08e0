/** An answer to a request of ours, not data. */
export type ControlFrame = {
  readonly op: string;
  readonly success: boolean;
  readonly message: string;
  readonly requestId: string;
};

export function toControl(frame: Record<string, unknown>): ControlFrame {
  return {
    op: String(frame['op']),
    success: frame['success'] === true,
    message: typeof frame['ret_msg'] === 'string' ? frame['ret_msg'] : '',
    requestId: typeof frame['req_id'] === 'string' ? frame['req_id'] : '',
  };
}
