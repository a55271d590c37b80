-- name: privacy.keys
-- Erased records are found by no key, and wait for none.
delete from keys where connection = :connection and sync in each(:syncs)
  and ((side = :side and id in each(:ids)) or (side <> :side and id like '?%' and substr(id, 2) in each(:ids)));

-- name: privacy.links
-- The agreed values of erased records.
update links set base = '{}', verdicts = '{}', held = '{}'
where connection = :connection and sync in each(:syncs)
  and ((:side = 'crm' and crm_id in each(:ids)) or (:side = 'ledger' and ledger_id in each(:ids)));

-- name: privacy.operations
-- The values that operations carried to or from erased records.
update operations set native = '{}', fields = '[]', reason = '', problem = null, note = ''
where connection = :connection and sync in each(:syncs)
  and ((:side = 'crm' and crm_id in each(:ids)) or (:side = 'ledger' and ledger_id in each(:ids)));

-- name: privacy.reviews
-- Questions about erased records have no subject any more.
update reviews set subject = '{}', shown = '{}', decision = null, state = 'resolved'
where connection = :connection and sync in each(:syncs)
  and ((:side = 'crm' and crm_id in each(:ids)) or (:side = 'ledger' and ledger_id in each(:ids)));

-- name: privacy.history
-- History says that something happened, and no longer what.
update history set sentence = 'Erased for privacy.', detail = '{}'
where connection = :connection and sync in each(:syncs)
  and ((:side = 'crm' and crm_id in each(:ids)) or (:side = 'ledger' and ledger_id in each(:ids)));

-- name: privacy.subjects
-- Why erased records stand as they do may quote their values.
update subjects set reason = '', problem = null
where connection = :connection and side = :side and sync in each(:syncs) and id in each(:ids);
