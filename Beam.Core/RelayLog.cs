using Beam.Transfers;
using Microsoft.Extensions.Logging;

namespace Beam;

/// <summary>
/// What Beam.Core writes to the log. It has the event ids 1000 to 1999; docs/operations.md lists them. No id ever gets another meaning.
/// </summary>
internal static partial class RelayLog
{
    [LoggerMessage(
        1000,
        LogLevel.Information,
        "Transfer {TransferId} delivered: {Bytes} bytes, {Delivery}, in {Seconds:0.###} s.",
        EventName = "TransferDelivered")]
    public static partial void TransferDelivered(ILogger logger, string transferId, long bytes, DeliveryStatus delivery, double seconds);

    [LoggerMessage(
        1001,
        LogLevel.Information,
        "Transfer {TransferId} failed: {Error} after {Bytes} bytes and {Seconds:0.###} s.",
        EventName = "TransferFailed")]
    public static partial void TransferFailed(ILogger logger, string transferId, TransferError error, long bytes, double seconds);

    [LoggerMessage(
        1003,
        LogLevel.Information,
        "Transfer {TransferId} was cancelled with token {TokenId}.",
        EventName = "TransferCancelled")]
    public static partial void TransferCancelled(ILogger logger, string transferId, string tokenId);

    [LoggerMessage(1004, LogLevel.Information, "Token {TokenId} was revoked.", EventName = "TokenRevoked")]
    public static partial void TokenRevoked(ILogger logger, string tokenId);

    [LoggerMessage(
        1005,
        LogLevel.Information,
        "Transfer {TransferId} was handed in: {Bytes} bytes wait for their receiver.",
        EventName = "TransferAccepted")]
    public static partial void TransferHandedIn(ILogger logger, string transferId, long bytes);

    [LoggerMessage(
        1006,
        LogLevel.Information,
        "Transfer {TransferId} was found again after a restart: {Bytes} bytes.",
        EventName = "TransferRestored")]
    public static partial void TransferRestored(ILogger logger, string transferId, long bytes);

    [LoggerMessage(
        1007,
        LogLevel.Warning,
        "The file {File} was not handed in completely, is damaged, or is more than the options allow, and has been deleted.",
        EventName = "HeldFileDropped")]
    public static partial void HeldFileDropped(ILogger logger, string file);

    [LoggerMessage(
        1016,
        LogLevel.Warning,
        "The file {File} cannot be read now ({Reason}). It stays on the disk, and the next start tries again.",
        EventName = "HeldFileLeft")]
    public static partial void HeldFileLeft(ILogger logger, string file, string reason);

    [LoggerMessage(
        1011,
        LogLevel.Warning,
        "The disk did not take the tokens that channel {ChannelId} has now; after a restart it will have those it had before.",
        EventName = "TokensNotPersisted")]
    public static partial void TokensNotPersisted(ILogger logger, string channelId);

    [LoggerMessage(
        1014,
        LogLevel.Error,
        "A step at the end of transfer {TransferId} failed; the other steps were done. Its buffer, a logger or a listener has thrown.",
        EventName = "EndStepFailed")]
    public static partial void EndStepFailed(ILogger logger, Exception exception, string transferId);

    [LoggerMessage(
        1015,
        LogLevel.Error,
        "More bytes were given back to the {Budget} budget than were leased from it. From now on it may count too few.",
        EventName = "BudgetWronglyReturned")]
    public static partial void BudgetWronglyReturned(ILogger logger, string budget);

    [LoggerMessage(1010, LogLevel.Information, "Transfer {TransferId} was cancelled by an operator.", EventName = "TransferCut")]
    public static partial void TransferCut(ILogger logger, string transferId);

    [LoggerMessage(
        1002,
        LogLevel.Error,
        "The sweep for missed deadlines failed; it is tried again in a second.",
        EventName = "SweepFailed")]
    public static partial void SweepFailed(ILogger logger, Exception exception);
}
