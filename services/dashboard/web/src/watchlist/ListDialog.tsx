import { Button, Group, Modal, TextInput } from '@mantine/core';
import type { InstrumentInfo, WatchlistInfo } from '../api/shapes.ts';
import { ChangeProgress } from '../universe/ChangeProgress.tsx';
import { ListMembers } from './ListMembers.tsx';
import { MemberSearch } from './MemberSearch.tsx';
import { useListDraft } from './use-list-draft.ts';

type Props = {
  /** Null: a new one. */
  list: WatchlistInfo | null;
  /** Names of all lists. */
  lists: readonly string[];
  instruments: readonly InstrumentInfo[];
  onStored: (name: string) => void;
  onClose: () => void;
};

/** A list as it is to be: its members and their order. It is stored as a whole, or not at all. */
export function ListDialog(props: Props) {
  const { list, onClose } = props;
  return (
    <Modal
      opened
      onClose={onClose}
      title={<span className="dialog-title">{list === null ? 'New list' : list.name}</span>}
      data-testid="list-dialog"
    >
      <ListForm {...props} />
    </Modal>
  );
}

function ListForm({ list, lists, instruments, onStored, onClose }: Props) {
  const draft = useListDraft(list, lists, onStored);
  const { ids, sent } = draft;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        draft.save();
      }}
    >
      {list === null && (
        <TextInput
          label="Name"
          description="Letters, digits, blanks, _ and -"
          value={draft.text}
          maxLength={32}
          error={draft.nameOf === null ? null : `There is a list "${draft.nameOf}": edit that one`}
          data-autofocus
          onChange={(event) => draft.rename(event.currentTarget.value)}
          data-testid="list-name"
        />
      )}
      <MemberSearch
        instruments={instruments}
        members={ids}
        onAdd={(id) => draft.choose([...ids, id])}
      />
      <ListMembers
        ids={ids}
        isStreamed={(id) => instruments.some((item) => item.id === id)}
        onChange={draft.choose}
      />
      {sent.error !== null && (
        <p className="fault" role="alert">
          {sent.error.message}
        </p>
      )}
      {sent.isSuccess && <ChangeProgress sent={sent.data} onTaken={() => void draft.taken()} />}
      <Group justify={list === null ? 'flex-end' : 'space-between'} mt="md">
        {list !== null && (
          <Button
            variant={draft.isRemoving ? 'filled' : 'subtle'}
            color="red"
            disabled={!sent.isIdle}
            onClick={draft.remove}
            data-testid="list-remove"
          >
            {draft.isRemoving ? 'Yes, remove the list' : 'Remove list'}
          </Button>
        )}
        <Group>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!draft.isReady} data-testid="list-save">
            Save
          </Button>
        </Group>
      </Group>
    </form>
  );
}
