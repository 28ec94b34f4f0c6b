# Консоль оператора, по-русски. `texts_dir`/ru.ftl может заменить любой текст.

## Рамка
ui-tab-caller = Поиск
ui-tab-journal = Журнал
ui-tab-carriers = Каналы
ui-tab-imports = Импорт
ui-tab-pulse = Пульс
ui-tab-help = Помощь
ui-role-viewer = наблюдатель
ui-role-operator = оператор
ui-role-senior = старший оператор
ui-lookups = осталось запросов: { $n }
ui-masked = номера скрыты
ui-revealed = номера видны, { $n } с
ui-frozen = остановлен
ui-mouse = мышь включена
ui-not-remembered = Выбор действует, но на следующий раз не сохранён: { $reason }
ui-theme = тема: { $name }
ui-too-small = Консоли нужно 60 x 16, а окно { $width } x { $height }. Увеличьте окно или уменьшите шрифт.
ui-money = { $sum } тенге
ui-and-others = { $list } и другие
ui-yes = да
ui-open = бессрочно

## Ошибки
ui-error-away = Сервер не отвечает. Показанное остаётся, консоль сама пробует снова.
ui-no-connection = нет связи с { $time }
ui-error-back = Сервер снова отвечает.
ui-error-forbidden = Для этого нужна роль { $role }. Обратитесь к старшему оператору.
ui-error-too-many = Запросы этого часа исчерпаны. Новый счёт через { $minutes } мин.
ui-error-bad = Не понято: { $reason }
ui-error-store = Сбой хранилища: { $reason }
ui-refused-unknown-person = Не сделано: такой человек не найден.
ui-refused-already-bound = Не сделано: телефон уже привязан к этому человеку.
ui-refused-not-bound = Не сделано: телефон сегодня не привязан к этому человеку.
ui-refused-too-many-phones = Не сделано: у человека уже хранится предельное число телефонов.
ui-refused-too-many-people = Не сделано: к телефону уже привязано предельное число людей.
ui-refused-already-locked = Не сделано: ИИН уже закрыт.
ui-refused-not-locked = Не сделано: ИИН не закрыт.
ui-refused-already-temporary = Не сделано: временный статус на этот месяц уже есть.
ui-refused-too-many-spans = Не сделано: у человека уже хранится предельное число временных статусов.
ui-refused-text-length = Не сделано: нужно от 1 до 500 знаков.
ui-refused-no-sender = Не сделано: ни один канал не настроен на отправку SMS (send_url в настройках).
ui-refused-stopped = Не сделано: владелец телефона отказался от SMS (СТОП).
ui-refused-busy = Не сделано: слишком много SMS ждут отправки. Повторите через минуту.

## Поиск
ui-search = Поиск
ui-search-welcome = ИИН, телефон или имя с датой рождения
ui-search-how-iin = ИИН: 12 цифр, поиск начнётся сразу
ui-search-how-phone = Телефон: +7 701 000 00 01 или 8 701 000 00 01, затем Enter
ui-search-how-name = Имя: начала фамилии и имени и дата рождения, затем Enter
ui-search-example = ахмет айг 31.12.1990
# Shown in a demonstration only, above a list of people.
ui-search-invented = Вымышленные люди, попробуйте на них:
ui-search-digits = { $n } из 12 цифр
ui-search-check-digit = Неверная контрольная цифра: попросите прочитать номер ещё раз.
ui-slip = { $kind } Может быть, { $number }? Спросите позвонившего; { $key } - взять.
ui-slip-swapped = Возможно, две цифры поменялись местами.
ui-slip-changed = Возможно, неверна одна цифра даты.
ui-slip-missing = Возможно, двойная цифра набрана один раз.
ui-slip-doubled = Возможно, цифра набрана дважды.
ui-search-too-long = { $n } цифр, а в ИИН их 12
ui-search-phone-digits = Телефон: пока { $n } цифр
ui-search-phone = Телефон: Enter - искать
ui-search-name = Имя и дата рождения: Enter - искать
ui-search-add-date = Добавьте дату рождения: 31.12.1990
ui-search-short-name = Наберите хотя бы 2 буквы имени или фамилии
ui-search-unclear = Это не ИИН, не телефон и не имя с датой рождения
ui-search-asking = Ищем ... { $n } с
ui-search-none-iin = Нет такого человека: этот ИИН никому не принадлежит.
ui-search-none-bin = Похоже на БИН, номер организации. У людей такого номера нет. Спросите ИИН.
ui-search-none-odd = Номер не начинается с даты рождения: сверьте его с документом.
ui-search-none-phone = Нет такого человека: телефон ни к кому не привязан.
ui-search-none-name = Нет такого человека: с этим именем { $date } никто не родился.
ui-search-hits = { $n ->
    [one] Найден { $n } человек
    [few] Найдено { $n } человека
   *[many] Найдено { $n } человек
 }: выбрать - Up и Down, открыть - Enter

## Карточка: ответ, который читают вслух на языке позвонившего
ui-language-kk = Қазақша
ui-language-ru = Русский
ui-language-en = English
ui-read-until = { $status } по { $date }.
ui-read-open = { $status }.
ui-read-state = Взносы платит государство.
ui-read-prepaid = Взносы оплачены вперёд.
ui-read-no-debt = Долга нет.
ui-read-temporary = Статус дан на время, по документам.
ui-read-debt = { $n ->
    [one] Не оплачен { $n } месяц
    [few] Не оплачены { $n } месяца
   *[many] Не оплачены { $n } месяцев
 } ({ $months }). К оплате: { $sum }.
ui-read-penalty = Сверх этого начислят пеню.
ui-read-data = Данные на { $date }; оплата видна через 2-3 рабочих дня.
ui-read-emergency = Экстренная помощь остаётся бесплатной.
ui-read-check = Остальное скажу после проверки личности.
ui-read-locked = По этому номеру я не могу дать ответ.

## Карточка
ui-card-aloud = Прочитать вслух: { $language }
ui-card-verified = личность проверена
ui-card-not-verified = личность не проверена
ui-card-locked = закрыт владельцем
ui-card-on = Статус на { $date }
ui-card-data = данные по { $date }
ui-card-months = { $n } месяцев
ui-card-until = по { $date }
ui-card-no-end = срок не ограничен
ui-card-to-pay = К оплате: { $n } мес. x { $rate } = { $sum }
ui-card-to-pay-penalty = и сверх того пеня
ui-card-nothing-to-pay = Платить нечего.
ui-why-state-category = Сегодня действует категория, за которую платит государство: { $category } ({ $span }).
ui-why-state-category-unnamed = Сегодня действует категория, за которую платит государство.
ui-why-prepaid = Целый год оплачен вперёд, поэтому старые долги не считаются.
ui-why-contributions = За последние { $n } месяцев долга нет.
ui-why-temporary = По документам дан временный статус ({ $span }).
ui-why-temporary-unnamed = По документам дан временный статус.
ui-why-grace = Долг есть, но недавно закончился полный ряд оплаченных месяцев: страховка ещё действует.
ui-why-none = За последние { $n } месяцев есть долг, а льготной категории и временного статуса нет.
ui-reason-returned = Платёж вернули: его нужно сделать заново.
ui-reason-partial = Месяц оплачен лишь частично.
ui-reason-never_paid = За этого человека никогда не платили.
ui-reason-nothing_in_window = Больше года не платили ничего.
ui-reason-employer_gap = Работник: работодатель не заплатил или работа закончилась.
ui-reason-few_months = Не хватает всего нескольких месяцев.
ui-reason-many_months = Не хватает многих месяцев.
ui-way-debt = -> тогда { $status } { $end }.
ui-way-rest = (часть оплачена, не хватает { $sum })
ui-way-ahead = Или 12 месяцев вперёд, { $sum }: тогда { $status } { $end }.
ui-way-by = Если до { $date }, страховка не прервётся.
ui-due = Дальше: { $month }, { $sum } до { $date }.
ui-due-employer = Дальше: { $month }, до { $date } платит работодатель.
ui-years-before = Раньше:
ui-no-years = О прежних годах ничего не известно.
ui-section-notes = Заметки
ui-no-notes = Заметок нет.
ui-month-paid = Взнос оплачен полностью.
ui-month-partial = Оплачено меньше месячной ставки: остаток можно доплатить.
ui-month-state-paid = Заплатило государство: действовала категория или пришёл его платёж.
ui-month-returned = Платёж вернули, месяц считается неоплаченным: его нужно оплатить заново.
ui-month-pending = Пока не оплачено, но срок ещё не вышел.
ui-month-unpaid = За этот месяц ничего не заплачено.
ui-month-due = Оплатить до { $date }.
ui-month-was-due = Нужно было оплатить до { $date }.
ui-month-missing = Не хватает: { $sum }.
ui-knp-121 = отчисления
ui-knp-122 = взносы
ui-knp-123 = пеня по отчислениям
ui-knp-124 = пеня по взносам
ui-knp-183 = единый совокупный платёж
ui-payment-reference = референс { $reference }, строка { $line }
ui-payment-payer = плательщик { $number }
ui-payment-returned = возврат { $date }
ui-pay-requisites = Получатель: Госкорпорация, БИН { $bin }, счёт { $account }, БИК { $bic }, КБе { $kbe }, КНП { $knp }.
ui-pay-each-month = За каждый месяц - отдельный платёж с периодом ММГГГГ; одна сумма за много месяцев зачтётся за один.
ui-pay-shows = В любом банке или его приложении. Платёж виден через 2-3 рабочих дня.
ui-pay-employee = Работник может сам оплатить пропущенные месяцы как самостоятельный плательщик и вернёт деньги, когда заплатит работодатель.
ui-what-if = Если сегодня оплатить эти месяцы
ui-what-if-marked = Отмечено: { $n }, вместе { $sum }
ui-what-if-nothing = Ни один месяц не отмечен.
ui-what-if-then = Если сегодня оплатить { $n ->
    [one] { $n } месяц
    [few] { $n } месяца
   *[many] { $n } месяцев
 } ({ $months }), { $sum }: { $status } { $end }.
ui-what-if-ahead = вперёд
ui-what-if-shows = Платёж виден через 2-3 рабочих дня.
ui-what-if-no-law = Ставки ещё не пришли с сервера. Повторите через мгновение.
ui-section-payments = Платежи
ui-section-debt = Долг
ui-section-person = Человек
ui-section-clinic = Поликлиника
ui-section-phones = Телефоны
ui-section-asked = Кто спрашивал
ui-cell-paid = опл.
ui-cell-partial = част
ui-cell-state-paid = гос.
ui-cell-returned = возв
ui-cell-pending = ждём
ui-cell-unpaid = нет
ui-no-payments = Платежей нет.
ui-no-payments-month = За { $month } платежей нет.
ui-no-debt = Долга нет.
ui-no-clinic = К поликлинике не прикреплён.
ui-no-phones = Телефоны не привязывались.
ui-no-asked = Ещё никто не спрашивал.
ui-debt-total = всего
ui-debt-penalty = Сверх этого начислят пеню.
ui-debt-old = Действует предоплата за год: старые долги не показываются.
ui-name-unknown = имя пока неизвестно
ui-person-name = Имя
ui-person-born = Дата рождения
ui-person-iin = ИИН
ui-person-payer = Кто платит
ui-person-category = Категория
ui-person-temporary = Временный
ui-person-locked = Закрыт
ui-person-locked-yes = скрыт от чужих телефонов
ui-holds = действует
ui-clinic-name = Поликлиника
ui-clinic-address = Адрес
ui-clinic-since = Прикреплён с
ui-clinic-code = Код
ui-phone-self = свой
ui-phone-child = ребёнка
ui-phone-bound = привязан { $date }
ui-phone-unbound = отвязан { $date }

## Работа с человеком на карточке
ui-work-menu = Что сделать с этим человеком?
ui-work-busy = Предыдущее ещё выполняется.
ui-work-sent = Выполняется ...
ui-work-verify-first = Сначала убедитесь, кто звонит, и отметьте, что личность проверена.
ui-work-no-phone = Сегодня к этому человеку не привязан ни один телефон.
ui-work-stale = Не сделано: карточка за это время изменилась. Посмотрите ещё раз.
ui-work-away = Нет связи: неизвестно, сделано ли это. Посмотрите карточку, когда сервер вернётся.
ui-work-journal = В журнал это запишется под именем { $operator }.
ui-work-note = Заметку увидит каждый оператор, который откроет карточку. Гражданин её не видит.
ui-work-send-status = Полный текст статуса уйдёт по SMS на этот телефон, на его языке.
ui-work-bind = С сегодняшнего дня этот телефон узнаёт по SMS и USSD о человеке всё, кроме категории.
ui-work-unbind = С сегодняшнего дня этот телефон узнаёт о человеке только "застрахован" или "не застрахован".
ui-work-set-language = Ответы на этот телефон приходят на этом языке, пока владелец не выберет другой.
ui-work-lock = Телефоны, не привязанные к человеку, больше не получат ответа об этом ИИН.
ui-work-unlock = Любой телефон снова сможет спросить, застрахован ли человек.
ui-work-temporary = Человек временно застрахован на весь месяц. Причина сохранится как заметка.
ui-form-note = Заметка
ui-form-send = Отправить статус по SMS
ui-form-send-do = Отправить
ui-form-bind = Привязать телефон
ui-form-unbind = Отвязать телефон
ui-form-language = Язык телефона
ui-form-lock = Закрыть ИИН
ui-form-unlock = Открыть ИИН
ui-form-temporary = Временный статус
ui-field-note = Заметка
ui-field-phone = Телефон
ui-field-role = Чей
ui-field-language = Язык
ui-field-month = Месяц
ui-field-reason = Причина
ui-fault-phone = Телефон пишется так: +7 701 123 45 67.
ui-fault-empty = Напишите что-нибудь.
ui-done-note = Заметка сохранена.
ui-done-send = SMS отправляется.
ui-done-bind = Телефон привязан.
ui-done-unbind = Телефон отвязан.
ui-done-language = Язык выбран.
ui-done-lock = ИИН закрыт.
ui-done-unlock = ИИН открыт.
ui-done-temporary = Временный статус дан.
ui-done-copy-answer = Ответ скопирован.
ui-done-copy-masked = Скопирован скрытый номер. Чтобы скопировать целиком, сначала покажите номера.
ui-done-copy-whole = Номер скопирован целиком.
ui-done-save = Записано в { $path }
ui-not-saved = Не записано: { $reason }
ui-export-masked = Создал { $operator }, { $at }. Номера скрыты.
ui-export-whole = Создал { $operator }, { $at }. Номера целиком: берегите этот файл.

## Столбцы
ui-col-name = Имя
ui-col-born = Родился
ui-col-iin = ИИН
ui-col-month = Месяц
ui-col-knp = КНП
ui-col-sum = Сумма
ui-col-payer = Плательщик
ui-col-payer-id = БИН или ИИН
ui-col-paid-on = Оплачено
ui-col-returned = Возврат
ui-col-state = Состояние
ui-col-paid = Оплачено
ui-col-to-pay = К оплате
ui-col-time = Время
ui-col-door = Откуда
ui-col-who = Кто
ui-col-about = О ком
ui-col-topic = Вопрос
ui-col-outcome = Ответ
ui-col-language = Яз
ui-col-took = мс

## Журнал
ui-journal = Журнал запросов
ui-journal-live = идёт
ui-journal-frozen = остановлен
ui-journal-lines = { $n ->
    [one] { $n } строка
    [few] { $n } строки
   *[many] { $n } строк
 }
ui-journal-jumped = слишком быстро, показаны только последние
ui-journal-empty = Запросов ещё не было.
ui-journal-waiting = Читаем журнал ...
ui-door-console = консоль
ui-door-command = команда
ui-erased = удалён
ui-people = { $n ->
    [one] { $n } человек
    [few] { $n } человека
   *[many] { $n } человек
 }
ui-milliseconds = { $n } мс
ui-detail = { $who }, { $door }, о ком: { $about }. Вопрос: { $topic }. Ответ: { $outcome }, язык { $language }, за { $took }.
ui-nobody = ни о ком
ui-outcome-full = полный
ui-outcome-status_only = только статус
ui-outcome-unknown = неизвестен
ui-outcome-locked = закрыт
ui-outcome-limited = предел
ui-outcome-not_an_iin = не ИИН
ui-outcome-service = служебный
ui-outcome-silence = молчание
ui-outcome-failed = сбой
ui-topic-status = статус
ui-topic-payments = платежи
ui-topic-debt = долг
ui-topic-clinic = поликлиника
ui-topic-help = помощь
ui-topic-lock = закрыть
ui-topic-unlock = открыть
ui-topic-language = язык
ui-topic-start = старт
ui-topic-stop = стоп
ui-topic-menu = меню
ui-topic-card = карточка
ui-topic-search = поиск
ui-topic-choice = выбор
ui-topic-code = код
ui-topic-empty = пустое
ui-topic-latin = латиница
ui-topic-loop = петля
ui-topic-slip = описка
ui-topic-stopped = отключён
ui-topic-send = по SMS
ui-topic-failed = позже
ui-topic-cards = список
ui-topic-export = выгрузка
ui-topic-verify = проверка
ui-topic-unverify = без проверки
ui-topic-reveal = номера
ui-topic-copy = копия
ui-topic-save = в файл
ui-topic-bind = привязка
ui-topic-unbind = отвязка
ui-topic-set-language = язык
ui-topic-temporary = временный
ui-topic-note = заметка
ui-topic-send-status = по SMS
ui-topic-journal = журнал
ui-topic-exchange = переписка
ui-topic-refused = отказы

## Каналы
ui-carriers = Каналы связи
ui-carriers-waiting = Ожидание данных ...

## Импорт
ui-imports = Импорт реестров
ui-imports-waiting = Ожидание данных ...

## Пульс
ui-pulse = Пульс службы
ui-pulse-waiting = Ожидание данных ...

## Поверх экрана
ui-palette = Что сделать?
ui-form-do = Выполнить
ui-form-cancel = Отмена
ui-form-confirm = Enter - выполнить, Esc - отменить.
ui-form-nothing = Enter - ничего не делать.

## Помощь
ui-help = Клавиши и знаки
ui-help-search = В строке поиска
ui-help-card = На карточке
ui-help-detail = В месяце или годе
ui-help-what-if = Где отмечают месяцы
ui-help-journal = В журнале
ui-help-carriers = На экране каналов
ui-help-imports = На экране импорта
ui-help-pulse = На экране пульса
ui-help-palette = В списке действий
ui-help-form = В окне ввода
ui-help-help = В помощи
ui-help-everywhere = Везде
ui-help-signs = Знаки месяца
ui-help-statuses = Знаки статуса
ui-help-about = Позвонивший слышит только "застрахован" или "не застрахован", пока вы не проверили, кто он, и не нажали { $key }. Категория вслух не называется никогда.

## Действия: слово внизу экрана, затем предложение в помощи
ui-hint-submit = искать
ui-action-submit = Искать телефон или имя; открыть выбранного человека
ui-hint-next-caller = следующий
ui-action-next-caller = Следующий звонок: забыть этот, очистить строку поиска
ui-hint-reading-language = язык
ui-action-reading-language = Ответ вслух на следующем языке: каз, рус, англ
ui-hint-verify = проверен
ui-action-verify = Личность проверена: читать ответ целиком; ещё раз - отменить
ui-hint-reveal = номера
ui-action-reveal = Показать номера целиком на 30 секунд; ещё раз - скрыть
ui-hint-next-section = раздел
ui-action-next-section = Следующий раздел карточки
ui-hint-previous-section = раздел назад
ui-action-previous-section = Предыдущий раздел карточки
ui-hint-next-month = месяц
ui-action-next-month = Платежи только следующего месяца
ui-hint-previous-month = месяц назад
ui-action-previous-month = Платежи только предыдущего месяца
ui-hint-refresh = обновить
ui-action-refresh = Спросить об этом человеке ещё раз
ui-hint-open = открыть
ui-action-open = Открыть месяц или год под курсором
ui-hint-what-if = что если
ui-action-what-if = Что будет, если заплатить: отметить месяцы
ui-hint-mark = отметить
ui-action-mark = Оплатить месяц под курсором или нет
ui-hint-mark-debts = все долги
ui-action-mark-debts = Оплатить все долги; ещё раз - ни одного
ui-hint-mark-ahead = год вперёд
ui-action-mark-ahead = Оплатить двенадцать месяцев вперёд; ещё раз - ни одного
ui-hint-take-slip = взять
ui-action-take-slip = Взять номер, который, вероятно, имелся в виду
ui-hint-work = сделать ...
ui-action-work = Что можно сделать с этим человеком
ui-hint-note = заметка
ui-action-note = Написать заметку для следующего оператора
ui-hint-send-status = SMS
ui-action-send-status = Отправить текст статуса на привязанный телефон
ui-hint-bind = привязать
ui-action-bind = Привязать телефон к этому человеку
ui-hint-unbind = отвязать
ui-action-unbind = Отвязать телефон
ui-hint-set-language = язык телефона
ui-action-set-language = Язык ответов на телефон
ui-hint-lock = закрыть
ui-action-lock = Скрыть этот ИИН от чужих телефонов
ui-hint-unlock = открыть
ui-action-unlock = Больше не скрывать этот ИИН
ui-hint-temporary = временный
ui-action-temporary = Временный статус на месяц
ui-hint-copy-answer = копия
ui-action-copy-answer = Скопировать ответ, который читают вслух
ui-hint-copy-number = копия номера
ui-action-copy-number = Скопировать ИИН, скрытый, если номера не показаны
ui-hint-save-text = в текст
ui-action-save-text = Записать карточку в текстовый файл
ui-hint-save-json = в JSON
ui-action-save-json = Записать карточку в файл JSON
ui-hint-freeze = стоп
ui-action-freeze = Остановить журнал; ещё раз - пустить дальше
ui-hint-up = строка
ui-action-up = На строку вверх
ui-hint-down = строка
ui-action-down = На строку вниз
ui-hint-page-up = страница вверх
ui-action-page-up = На страницу вверх
ui-hint-page-down = страница вниз
ui-action-page-down = На страницу вниз
ui-hint-top = в начало
ui-action-top = К первой строке
ui-hint-bottom = в конец
ui-action-bottom = К последней строке
ui-hint-caller = поиск
ui-action-caller = Строка поиска или открытая карточка
ui-hint-journal = журнал
ui-action-journal = Запросы по мере поступления
ui-hint-help = помощь
ui-action-help = Эти клавиши и знаки
ui-hint-back = назад
ui-action-back = На прежний экран; с карточки - к найденным людям
ui-hint-ui-language = қаз/рус/eng
ui-action-ui-language = Консоль на следующем языке
ui-hint-theme = тема
ui-action-theme = Следующая тема: auto, light, dark, mono, plain
ui-hint-carriers = каналы
ui-action-carriers = Каналы связи: поток, время ответа, состояние
ui-hint-imports = импорт
ui-action-imports = Импорт реестров: идущий и завершённый
ui-hint-pulse = пульс
ui-action-pulse = Пульс службы: люди, запросы, хранилище
ui-hint-palette = действия
ui-action-palette = Все действия, выбор по названию
ui-hint-next-field = поле
ui-action-next-field = Следующее поле
ui-hint-previous-field = поле назад
ui-action-previous-field = Предыдущее поле
ui-hint-mouse = мышь
ui-action-mouse = Включить мышь; ещё раз - оставить её терминалу
ui-hint-palette-submit = выполнить
ui-action-palette-submit = Выполнить выбранное
ui-hint-palette-back = закрыть
ui-action-palette-back = Закрыть список
ui-hint-form-submit = дальше
ui-action-form-submit = Следующее поле; на кнопке - нажать её
ui-hint-form-back = отмена
ui-action-form-back = Закрыть окно, ничего не делая
ui-hint-imports-submit = открыть
ui-action-imports-submit = Открыть выбранное
ui-hint-redraw = перерисовать
ui-action-redraw = Нарисовать всё заново
ui-hint-quit = выход
ui-action-quit = Выйти из консоли
ui-hint-next-screen = след.
ui-action-next-screen = Следующий экран, по порядку в заголовке
ui-hint-previous-screen = пред.
ui-action-previous-screen = Предыдущий экран, по порядку в заголовке
ui-hint-suspend = остановить
ui-action-suspend = На время отдать терминал оболочке (fg - вернуться)
ui-not-suspended = Остановить здесь нельзя: некому будет продолжить.
ui-help-without-keys = Без клавиши (так в файле клавиш)
