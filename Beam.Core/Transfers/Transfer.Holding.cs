using System.Globalization;
using Beam.Holding;
using Beam.Observing;
using Beam.Tokens;

namespace Beam.Transfers;

internal sealed partial class Transfer
{
    private DateTimeOffset _acceptedUntil;
    private bool _isAccepted;

    /// <summary>Gets until when the file waits for its receivers, if its sender has handed it in.</summary>
    public DateTimeOffset? AcceptedUntil_NeedsLock => _isAccepted ? _acceptedUntil : null;

    /// <summary>Lets <paramref name="sender"/> go: the relay holds the whole file, on the disk beyond the end of the process if it has one.</summary>
    public async Task AcceptAsync(TransferSender sender)
    {
        var isAccepted = false;
        while (!isAccepted)
        {
            HeldEntry entry;
            int tokens;
            lock (Channel.Lock)
            {
                if (_isFinished || !Content.IsComplete || !Content.HoldsAll || !ReferenceEquals(Sender.Lease, sender))
                {
                    return;
                }

                var latest = _timeProvider.GetUtcNow() + _options.AcceptedTimeout;
                _acceptedUntil = latest < Sender.Token!.EndsAt ? latest : Sender.Token.EndsAt;
                tokens = Channel.TokenVersion;
                entry = Describe_NeedsLock();
            }

            try
            {
                if (Content.Buffer is HeldFileBuffer file)
                {
                    await file.PersistAsync(entry).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                TryFinish(TransferError.NoRoom);
                return;
            }
            catch (ObjectDisposedException)
            {
                // The transfer has failed meanwhile.
                return;
            }

            lock (Channel.Lock)
            {
                if (_isFinished || !ReferenceEquals(Sender.Lease, sender))
                {
                    return;
                }

                // Whoever mints or revokes from now on sees that there is something to write; who did so meanwhile may not have.
                if (tokens == Channel.TokenVersion)
                {
                    Accept_NeedsLock(_acceptedUntil);
                    Tell_NeedsLock(TransferEventKind.Accepted);
                    isAccepted = true;
                }
            }
        }

        _relay.OnAccepted(this);
        sender.End(new SendResult(TransferError.None, Content.BytesReceived, Outcome: null) { AcceptedUntil = _acceptedUntil });
    }

    /// <summary>Writes the channel's tokens down again, if the file outlives the process: they are no longer those that it was handed in with.</summary>
    /// <returns><see langword="false"/> when the disk refuses them.</returns>
    public bool TryPersistTokens()
    {
        try
        {
            (Content.Buffer as HeldFileBuffer)?.PersistAgain(() =>
            {
                lock (Channel.Lock)
                {
                    return _isAccepted && !_isFinished ? Describe_NeedsLock() : null;
                }
            });
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes up what a former process has accepted.</summary>
    public void Restore_NeedsLock(TokenUse use, HeldFileBuffer file, HeldEntry entry)
    {
        Sender.Restore(use, _timeProvider.GetTimestamp());
        _wantedReceivers = entry.Receivers;
        Content.Restore(file, entry);
        Accept_NeedsLock(entry.Deadline);

        // The process that accepted it has told of its beginning.
        _isCreationTold = true;
    }

    private void Accept_NeedsLock(DateTimeOffset until)
    {
        _isAccepted = true;
        _acceptedUntil = until;
        _receiversAwaitedSince = _timeProvider.GetTimestamp();
        _receiverWait = until - _timeProvider.GetUtcNow();
        LeaveSender_NeedsLock(TransferError.None);
    }

    /// <summary>A receiver has given up. What was accepted waits for another one; what has a sender that waits does not.</summary>
    private void ResolveLost_NeedsLock(ReceiverSeat seat, TransferError error)
    {
        if (_isAccepted)
        {
            RemoveSeat_NeedsLock(seat);
        }
        else
        {
            seat.Resolve(error, DeliveryStatus.None, _timeProvider.GetTimestamp());
        }
    }

    private HeldEntry Describe_NeedsLock()
    {
        var tokens = _relay.Tokens.InChannel(Channel);
        return new HeldEntry(
            HeldEntry.CurrentVersion,
            Id,
            Name,
            Content.Description.ContentType,
            Content.Description.ContentEncoding,
            Content.BytesReceived,
            _wantedReceivers,
            _acceptedUntil,
            [.. tokens.Select(token => new HeldToken(
                token.Digest.Value.ToString("x32", CultureInfo.InvariantCulture),
                token.Parent is null ? -1 : tokens.IndexOf(token.Parent),
                token.Rights,
                token.ExpiresAt,
                token.EndsAt,
                token.UnspentUses_NeedsChannelLock))],
            tokens.IndexOf(Sender.Token!))
        {
            Sha256 = Content.Digest?.Value?.ToArray(),
            Origin = Channel.Origin.Count > 0 ? Channel.Origin : null,
        };
    }
}
