using System.IO.Pipelines;
using Beam.Accounts;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>Calls what a relay, a channel and the leases offer, rightly and wrongly.</summary>
internal sealed class RandomCalls(TestRelay test, Random random, Token[] tokens, string[] names)
{
    /// <summary>Whom the senders are charged to: nobody, or somebody with little room.</summary>
    public static readonly RelayAccount?[] Accounts =
    [
        null,
        new("one") { MaxTransfers = 1 },
        new("two") { MaxTransfers = 2, MaxHeldFiles = 1, MaxHeldBytes = 60_000 },
    ];

    private Relay Relay => test.Relay;

    private Token Token => tokens[random.Next(3) == 0 ? random.Next(tokens.Length) : 0];

    private string Name => names[random.Next(names.Length)];

    public InlineSides Sides { get; } = new(test);

    /// <summary>Makes one call.</summary>
    /// <returns>Why it was refused; <see langword="null"/> when it was not.</returns>
    public async Task<string?> NextAsync()
    {
        try
        {
            return random.Next(20) switch
            {
                0 or 1 => await SendAsync(),
                2 or 3 => await ResumeAsync(),
                4 or 5 => await ReceiveAsync(),
                6 => await ReceiveNextAsync(),
                7 => Tell("confirm", Token.Channel.Confirm(Token, Name, new byte[32], Id())),
                8 => Tell("decline", Token.Channel.Decline(Token, Name, Id() ?? "x")),
                9 => random.Next(4) == 0 ? Tell("cancel", Relay.Cancel(Token, Name)) : Tell("cancel", Relay.Cancel(tokens[3], Name)),
                10 => Relay.Cancel("nobody's") ? null : "cancel nothing",
                11 => await MintAsync(),
                12 => await MisuseAsync(),
                13 => await DoneAsync(Sides.EndSenderAsync(random, isCut: random.Next(3) > 0)),
                14 => await DoneAsync(Sides.EndReceiverAsync(random, isCut: random.Next(2) > 0)),
                15 => Advance(),
                _ => await DoneAsync(Sides.SendAsync(random)),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return exception.GetType().Name + " " + exception.Message;
        }
    }

    private static string? Tell(string call, TransferError error)
        => error is TransferError.None or TransferError.NoDigest or TransferError.DigestMismatch ? null : $"{call}: {error}";

    private static async Task<string?> DoneAsync(Task done)
    {
        await done;
        return null;
    }

    private string? Id() => random.Next(3) == 0 ? null : $"id{random.Next(3)}";

    private string? Advance()
    {
        test.Clock.Advance(TimeSpan.FromSeconds(random.Next(5)));
        return null;
    }

    private async Task<string?> SendAsync()
    {
        var length = random.Next(4) switch { 0 => (long?)null, 1 => random.NextInt64(5_000_000), _ => random.NextInt64(200_000) };
        var terms = Terms();
        return await TakeAsync("send", Relay.JoinAsSender(Token, Name, new TransferDescription(length), terms), terms);
    }

    private async Task<string?> ResumeAsync()
    {
        var name = Name;
        var transfer = Token.Channel.FindStatus(name)?.Transfer;
        var offset = random.Next(3) == 0 ? random.NextInt64(100_000) : transfer?.Held.To ?? 0;
        var length = random.Next(3) == 0 ? random.NextInt64(3_000_000) : transfer?.Length;
        var terms = Terms();
        return await TakeAsync("resume", await Relay.ResumeAsSenderAsync(Token, name, offset, length, terms).AsTask().Soon(), terms);
    }

    private SendTerms Terms() => new()
    {
        Receivers = random.Next(4) == 0 ? random.Next(5) : 1,
        HandsIn = random.Next(4) == 0,
        Account = Accounts[random.Next(Accounts.Length)],
        EndsFile = random.Next(4) > 0,
        WantsDigest = random.Next(4) == 0,
        Sha256 = random.Next(8) == 0 ? new byte[32] : null,
    };

    private async Task<string?> TakeAsync(string call, JoinResult<TransferSender> joined, SendTerms terms)
    {
        if (joined.Lease is not { } sender)
        {
            return $"{call}: {joined.Error}";
        }

        Sides.Add(sender, terms.HandsIn);
        await Sides.QuietAsync();
        return null;
    }

    private async Task<string?> ReceiveAsync()
    {
        var name = Name;
        var transfer = Token.Channel.FindStatus(name)?.Transfer;
        var from = random.Next(5) switch
        {
            0 => random.NextInt64(TransferDescription.LargestLength),
            1 => (transfer?.Held.To ?? 0) + random.Next(3),
            2 => random.NextInt64((transfer?.Held.To ?? 0) + 1),
            _ => (long?)null,
        };
        var joined = Relay.JoinAsReceiver(Token, name, new ReceiveTerms
        {
            From = from,
            TransferId = random.Next(3) == 0 ? transfer?.Id : random.Next(4) == 0 ? "another" : null,
            Confirms = random.Next(4) == 0,
            ConfirmationId = Id(),
        });
        return await TakeAsync("receive", joined);
    }

    private async Task<string?> ReceiveNextAsync()
    {
        using var impatient = new CancellationTokenSource();
        var joining = Relay.JoinNextAsReceiverAsync(Token, cancellationToken: impatient.Token).AsTask();
        if (joining.IsCompleted)
        {
            return await TakeAsync("next", await joining);
        }

        // It may get what comes now, and otherwise leaves: it has been let into the line.
        await impatient.CancelAsync();
        await TakeAsync("next", await joining.Soon());
        return null;
    }

    private async Task<string?> TakeAsync(string call, JoinResult<TransferReceiver> joined)
    {
        if (joined.Lease is not { } receiver)
        {
            return $"{call}: {joined.Error}";
        }

        Sides.Add(receiver);
        await Sides.QuietAsync();
        return null;
    }

    private async Task<string?> MintAsync()
    {
        var parent = Token;
        var minted = random.Next(5) switch
        {
            0 => await Relay.Tokens.MintSubTokenAsync(parent, TokenRights.All, uses: random.Next(2)),
            1 => await Relay.Tokens.MintSubTokenAsync(parent, TokenRights.Receive, lifetime: TimeSpan.FromSeconds(random.Next(2) - 1)),
            2 => await Relay.Tokens.MintSubTokenAsync(parent, TokenRights.None),
            _ => await Relay.Tokens.MintSubTokenAsync(parent, parent.Rights),
        };
        return minted is null ? "mint: no" : null;
    }

    private async Task<string?> MisuseAsync()
    {
        switch (random.Next(6))
        {
            case 0:
                Sides.AnySender(random)?.Fail(TransferError.None);
                break;

            case 1:
                Sides.AnyReceiver(random)?.Fail(TransferError.None);
                break;

            case 2 when Sides.AnyReceiver(random) is { } receiver && !receiver.Ended.IsCompleted:
                await receiver.ReceiveAsync(new Pipe().Writer);
                break;

            case 3:
                tokens[0].Channel.Confirm(tokens[1], Name, new byte[32]);
                break;

            case 4:
                tokens[0].Channel.Decline(tokens[1], Name, "id");
                break;

            default:
                await Relay.ResumeAsSenderAsync(tokens[0], Name, -1, length: null);
                break;
        }

        return null;
    }
}
