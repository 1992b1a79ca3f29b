namespace Beam.Transfers;

/// <summary>Why somebody may not join a transfer, or why a transfer failed.</summary>
public enum TransferError
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The token is unknown or has ended.</summary>
    UnknownToken,

    /// <summary>The token has been used as often as it may.</summary>
    TokenSpent,

    /// <summary>The token lacks the right.</summary>
    NotAllowed,

    /// <summary>There is no transfer of that name.</summary>
    UnknownName,

    /// <summary>Somebody sends under that name already.</summary>
    NameInUse,

    /// <summary>Somebody receives that transfer already.</summary>
    AlreadyReceiving,

    /// <summary>More receivers are asked for than the relay allows.</summary>
    TooManyReceivers,

    /// <summary>The file does not go on at that offset, but at another one.</summary>
    WrongOffset,

    /// <summary>The sender has said before that the file has another length.</summary>
    LengthChanged,

    /// <summary>The bytes from that offset on are not held, or not any more.</summary>
    RangeNotHeld,

    /// <summary>Another connection has taken this one's seat.</summary>
    Superseded,

    /// <summary>The relay has as many transfers as it may.</summary>
    TooManyTransfers,

    /// <summary>The channel has as many waiting transfers as it may.</summary>
    TooManyWaiting,

    /// <summary>The transfer of that name is over; its outcome says how it went.</summary>
    Gone,

    /// <summary>The transfer is larger than allowed.</summary>
    TooLarge,

    /// <summary>There is no room for the bytes, in memory or on the disk.</summary>
    NoRoom,

    /// <summary>No receiver came within the wait.</summary>
    NoReceiver,

    /// <summary>No sender came within the wait.</summary>
    NoSender,

    /// <summary>The sender broke off.</summary>
    SenderLost,

    /// <summary>The sender was silent for too long.</summary>
    SenderStalled,

    /// <summary>The sender's body is not what its headers say it is.</summary>
    BadBody,

    /// <summary>The bytes do not have the digest that somebody declared.</summary>
    DigestMismatch,

    /// <summary>There is no digest to compare with: it has to be asked for before the first byte.</summary>
    NoDigest,

    /// <summary>A receiver confirms without saying which of several it is.</summary>
    UnnamedReceiver,

    /// <summary>The receiver broke off, or died before it had read everything.</summary>
    ReceiverLost,

    /// <summary>The receiver took nothing for too long.</summary>
    ReceiverStalled,

    /// <summary>Somebody with the right to do so cancelled the transfer.</summary>
    Cancelled,

    /// <summary>The token was revoked, or ended while the transfer waited.</summary>
    TokenEnded,

    /// <summary>The relay is shutting down.</summary>
    ShuttingDown,

    /// <summary>
    /// A later sender wants to hand in a file that was begun without that, wants another number of receivers, or says another digest.
    /// </summary>
    TermsChanged,

    /// <summary>
    /// A receiver asks for the rest of a file whose beginning it has not got: the relay has handed that out to nobody, or not to it.
    /// </summary>
    NothingToResume,

    /// <summary>As many files are handed in as the relay holds for all together.</summary>
    TooManyHeld,

    /// <summary>As many files of the channel are handed in, or bytes of them, as it may have.</summary>
    ChannelHoldsTooMuch,

    /// <summary>As many files of the sender's account are handed in, or bytes of them, as it may have.</summary>
    AccountHoldsTooMuch,

    /// <summary>The file alone is larger than what the channel or the sender's account may have of files that are handed in.</summary>
    TooLargeToHold,

    /// <summary>As many transfers of the sender's account wait or run as it may have.</summary>
    TooManyOfAccount,
}
