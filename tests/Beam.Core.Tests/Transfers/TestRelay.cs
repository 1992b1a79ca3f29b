using Beam.Accounts;
using Beam.Buffering;
using Beam.Tokens;
using Beam.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beam.Core.Tests.Transfers;

/// <summary>A relay on a fake clock, with captured logs.</summary>
internal sealed class TestRelay : IDisposable
{
    private readonly ServiceProvider _services;

    public TestRelay(Action<BeamOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        register?.Invoke(services);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddMetrics();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddBeamCore(options =>
        {
            // A side that breaks off has failed, unless the test is about coming back.
            options.ResumeTimeout = TimeSpan.Zero;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
        Relay = _services.GetRequiredService<Relay>();
        Budgets = _services.GetRequiredService<RelayBudgets>();
        Minted = Relay.Tokens.MintAsync().AtOnce()!;
    }

    public FakeClock Clock { get; } = new();

    public LogCapture Logs { get; } = new();

    public Relay Relay { get; }

    public RelayBudgets Budgets { get; }

    public HoldingLedger Ledger => _services.GetRequiredService<RelayHost>().Ledger;

    public MintedToken Minted { get; }

    public Token Token => Minted.Token;

    public IServiceProvider Services => _services;

    public TestSender Send(string name = "file", long? length = null, TimeSpan? wait = null, Token? token = null)
        => Send(name, length, new SendTerms { Wait = wait }, token);

    public TestSender Send(string name, long? length, SendTerms terms, Token? token = null)
    {
        var joined = Relay.JoinAsSender(token ?? Token, name, new TransferDescription(length), terms);
        Assert.Equal(TransferError.None, joined.Error);
        return new TestSender(joined.Lease!);
    }

    /// <summary>Goes on with a file at <paramref name="offset"/>.</summary>
    public async Task<TestSender> ResumeAsync(long offset, string name = "file", long? length = null, SendTerms? terms = null)
    {
        var joined = await Relay.ResumeAsSenderAsync(Token, name, offset, length, terms).AsTask().Soon();
        Assert.Equal(TransferError.None, joined.Error);
        return new TestSender(joined.Lease!);
    }

    public TestReceiver Receive(
        string name = "file",
        TimeSpan? wait = null,
        Token? token = null,
        PipeOptionsChoice pipe = PipeOptionsChoice.Small)
        => Receive(name, new ReceiveTerms { Wait = wait }, token, pipe);

    public TestReceiver Receive(string name, ReceiveTerms terms, Token? token = null, PipeOptionsChoice pipe = PipeOptionsChoice.Small)
    {
        var joined = Relay.JoinAsReceiver(token ?? Token, name, terms);
        Assert.Equal(TransferError.None, joined.Error);
        return new TestReceiver(joined.Lease!, pipe);
    }

    public TransferError RefusalOfSender(string name = "file", long? length = null, Token? token = null)
        => Relay.JoinAsSender(token ?? Token, name, new TransferDescription(length)).Error;

    public TransferError RefusalOfReceiver(string name = "file", Token? token = null)
        => Relay.JoinAsReceiver(token ?? Token, name).Error;

    /// <summary>Passes a small file through, so that a name has an outcome.</summary>
    public async Task<TransferOutcome> DeliverAsync(string name = "file")
    {
        await using var sender = Send(name);
        await using var receiver = Receive(name);
        await sender.WriteAsync(0, 100);
        await sender.CompleteAsync();
        Assert.Equal(100, await receiver.TakeAllAsync());
        receiver.Lease.FinishDelivery(DeliveryStatus.Confirmed);
        return await sender.Outcome.Soon();
    }

    public void AssertNothingIsLeft()
    {
        Assert.Equal(0, Relay.TransferCount);
        Assert.Empty(Relay.GetSnapshot().Transfers);
        Assert.Equal(0, Budgets.Memory.UsedBytes);
        Assert.Equal(0, Budgets.Disk.UsedBytes);
        Assert.Equal(0, Budgets.Spills.UsedBytes);
        Assert.Equal(0, Budgets.Files.UsedBytes);
        Assert.Equal(default, Ledger.Find());
        Assert.Equal(1, Clock.ActiveTimers);
    }

    public void Dispose() => _services.Dispose();
}
