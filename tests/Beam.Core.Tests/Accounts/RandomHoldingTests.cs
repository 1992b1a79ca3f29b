using Beam.Accounts;
using Beam.Core.Tests.Transfers;
using Beam.Tokens;
using Beam.Transfers;

namespace Beam.Core.Tests.Accounts;

/// <summary>Whatever senders and receivers do, the ledger says what the relay really holds, and nothing when all have gone.</summary>
[Trait("Rule", "P38")]
public sealed class RandomHoldingTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private static readonly RelayAccount?[] Accounts =
    [
        null,
        new("wide"),
        new("narrow") { MaxTransfers = 3, MaxHeldFiles = 2, MaxHeldBytes = 100_000 },
    ];

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, (RelayAccount? Account, BeamChannel Channel, bool IsHeld)> _begun = [];
    private readonly List<TestSender> _senders = [];
    private readonly List<TestReceiver> _receivers = [];

    public static TheoryData<int, bool> Runs
        => [.. Enumerable.Range(1, 6).SelectMany(static seed => new[] { (seed, false), (seed, true) })];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Ledger_SaysWhatIsHeld_AndNothingAtTheEnd(int seed, bool onDisk)
    {
        var random = new Random(seed);
        var test = Create(onDisk);
        string[] secrets = [.. Enumerable.Range(0, 3).Select(_ => test.Relay.Tokens.MintAsync().AtOnce()!.Secret)];
        var accepted = 0;
        for (var step = 0; step < 150; step++)
        {
            var index = random.Next(secrets.Length);
            if (test.Relay.Tokens.Find(secrets[index]) is not { } token)
            {
                secrets[index] = (await test.Relay.Tokens.MintAsync())!.Secret;
                continue;
            }

            var name = Names[random.Next(Names.Length)];
            switch (random.Next(14))
            {
                case 0 or 1 or 2 or 3:
                    accepted += await BeginAsync(test, random, token, name) ? 1 : 0;
                    break;
                case 4 when _senders.Count > 0:
                    await LeaveAsync(_senders, random);
                    break;
                case 5 when _senders.Count > 0:
                    await _senders[random.Next(_senders.Count)].CompleteAsync();
                    break;
                case 6 or 7:
                    await ReceiveAsync(test, token, name, isWhole: random.Next(2) == 0);
                    break;
                case 8 when _receivers.Count > 0:
                    await LeaveAsync(_receivers, random);
                    break;
                case 9:
                    test.Relay.Cancel(token, name);
                    break;
                case 10 when random.Next(4) == 0:
                    await test.Relay.RevokeAsync(token);
                    break;
                case 11:
                    test.Clock.Advance(TimeSpan.FromSeconds(random.Next(90)));
                    break;
                case 12 when onDisk && random.Next(3) == 0:
                    await LeaveAllAsync();
                    test.Dispose();
                    var now = test.Clock.GetUtcNow();
                    test = Create(onDisk);
                    test.Clock.Advance(now - test.Clock.GetUtcNow());
                    AdoptChannels(test, secrets);
                    break;
                default:
                    break;
            }

            await CheckAsync(test, onDisk, $"Seed {seed}, step {step}");
        }

        Assert.InRange(accepted, 1, 100);
        await LeaveAllAsync();
        test.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.TrueAsync(() => test.Relay.TransferCount == 0, "all of them have ended");
        test.AssertNothingIsLeft();
        Assert.All(Accounts, account => Assert.Equal(default, test.Ledger.Find(account?.Name)));
        test.Dispose();
    }

    private static async Task LeaveAsync<T>(List<T> sides, Random random)
        where T : IAsyncDisposable
    {
        var index = random.Next(sides.Count);
        var side = sides[index];
        sides.RemoveAt(index);
        await side.DisposeAsync();
    }

    private async Task<bool> BeginAsync(TestRelay test, Random random, Token token, string name)
    {
        var terms = new SendTerms { HandsIn = random.Next(3) > 0, Account = Accounts[random.Next(Accounts.Length)] };
        var bytes = random.Next(3) * (terms.HandsIn ? 30_000 : 3_000);
        var joined = test.Relay.JoinAsSender(token, name, new TransferDescription(random.Next(2) == 0 ? bytes : null), terms);
        if (joined.Lease is not { } lease)
        {
            return false;
        }

        _begun[lease.TransferId] = (terms.Account, token.Channel, terms.HandsIn);
        var sender = new TestSender(lease);
        _senders.Add(sender);
        await sender.WriteAsync(0, bytes);
        if (!terms.HandsIn || random.Next(3) == 0)
        {
            return false;
        }

        await sender.CompleteAsync();
        return (await sender.Result.Soon()).HandedInUntil is not null;
    }

    private async Task ReceiveAsync(TestRelay test, Token token, string name, bool isWhole)
    {
        if (test.Relay.JoinAsReceiver(token, name).Lease is not { } lease)
        {
            return;
        }

        var receiver = new TestReceiver(lease, PipeOptionsChoice.Unlimited);
        if (isWhole && token.Channel.FindStatus(name)?.Transfer.IsHandedIn == true)
        {
            await receiver.TakeAllAsync();
            receiver.Lease.FinishDelivery(DeliveryStatus.Sent);
        }

        _receivers.Add(receiver);
    }

    /// <summary>The channels of the files that were found again are other objects.</summary>
    private void AdoptChannels(TestRelay test, string[] secrets)
    {
        foreach (var channel in secrets.Select(secret => test.Relay.Tokens.Find(secret)?.Channel).OfType<BeamChannel>())
        {
            foreach (var id in channel.GetSnapshot().Transfers.Select(static each => each.Transfer.Id))
            {
                _begun[id] = _begun[id] with { Channel = channel };
            }
        }
    }

    private async Task LeaveAllAsync()
    {
        foreach (var side in _senders.Cast<IAsyncDisposable>().Concat(_receivers))
        {
            await side.DisposeAsync();
        }

        _senders.Clear();
        _receivers.Clear();
    }

    private async Task CheckAsync(TestRelay test, bool onDisk, string what)
    {
        string? mistake = null;
        try
        {
            await Eventually.TrueAsync(() => (mistake = FindMistake(test, onDisk)) is null, what);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{what}: {mistake}");
        }
    }

    private string? FindMistake(TestRelay test, bool onDisk)
    {
        // One that was delivered counts as long as a connection keeps its bytes there.
        var transfers = test.Relay.GetSnapshot().Transfers
            .Where(each => _begun.ContainsKey(each.Id))
            .Select(each => (Begun: _begun[each.Id], IsOver: each.State == TransferState.Finished))
            .ToList();
        var (_, files, bytes) = test.Ledger.Find();
        var taken = (onDisk ? test.Budgets.Disk : test.Budgets.Memory).UsedBytes;

        // On the disk, a small file for each channel stands in nobody's book.
        var ofChannels = onDisk ? 4096 * _begun.Values.Select(static each => each.Channel).Distinct().Count() : 0;
        if (!IsCounted(files, static each => each.IsHeld) || bytes > taken || (onDisk && taken - bytes > ofChannels))
        {
            return $"{files} files with {bytes} bytes of {taken}";
        }

        foreach (var channel in transfers.Select(static each => each.Begun.Channel))
        {
            if (!IsCounted(test.Ledger.Find(channel).Files, each => each.IsHeld && each.Channel == channel))
            {
                return $"{test.Ledger.Find(channel)} in a channel";
            }
        }

        foreach (var account in Accounts.OfType<RelayAccount>())
        {
            var found = test.Ledger.Find(account.Name);
            if (found.Transfers > account.MaxTransfers || found.Files > account.MaxHeldFiles || found.Bytes > account.MaxHeldBytes
                || !IsCounted(found.Transfers, each => each.Account == account)
                || !IsCounted(found.Files, each => each.Account == account && each.IsHeld))
            {
                return $"{found} of {account.Name}";
            }
        }

        return null;

        bool IsCounted(int count, Func<(RelayAccount? Account, BeamChannel Channel, bool IsHeld), bool> isMine)
        {
            var mine = transfers.FindAll(each => isMine(each.Begun));
            return count >= mine.Count(static each => !each.IsOver) && count <= mine.Count;
        }
    }

    private TestRelay Create(bool onDisk) => new(options =>
    {
        options.SpillDirectory = onDisk ? _folder["spill"] : null;
        options.ResumeTimeout = TimeSpan.FromMinutes(2);
        options.HandInTimeout = TimeSpan.FromMinutes(10);
        options.MaxHeldFiles = 5;
        options.MaxHeldBytes = 250_000;
        options.MemoryBudgetBytes = 4 * 1024 * 1024;
    });
}
